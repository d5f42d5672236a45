import DaemonSettings
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again at SIGHUP (`systemctl reload`). The level of the log changes at once; for everything else
/// it says that a restart is needed. A configuration that is wrong changes nothing.
struct ReloadService: Service {
  let sources: SettingsSources
  let settings: Settings
  let logLevel: LogLevel
  let logger: Logger
  let notifier: ServiceNotifier
  private let signals: UnixSignalsSequence

  /// Hears of the signal from here on: whoever is told that the daemon is ready may ask for a reload at once.
  init(
    sources: SettingsSources, settings: Settings, logLevel: LogLevel, logger: Logger, notifier: ServiceNotifier
  ) async {
    self.sources = sources
    self.settings = settings
    self.logLevel = logLevel
    self.logger = logger
    self.notifier = notifier
    // Ignored until now (`Main`), and what is ignored is not delivered to those who listen either. A handler, though it
    // does nothing: by default the signal would end the daemon until it is trapped.
    signal(SIGHUP) { _ in }
    signals = await UnixSignalsSequence(trapping: .sighup)
  }

  func run() async throws {
    for await _ in signals.cancelOnGracefulShutdown() {
      notifier.reloading()
      do throws(DaemonFailure) {
        let new = try sources.resolve()
        logLevel.change(to: new.logLevel)
        let waiting = new.changes(needingRestartFrom: settings)
        let restart = waiting.isEmpty ? "" : "; \(waiting.joined(separator: ", ")) will change with a restart"
        logger.notice("the configuration was read again\(restart)", metadata: Incident.reloaded.metadata())
      } catch {
        logger.error(
          "the configuration stays as it was: \(error.sentence)", metadata: Incident.reloaded.metadata(["FAILED": "1"]))
      }
      notifier.reloaded()
    }
  }
}
