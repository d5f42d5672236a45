import DaemonSettings
import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// Reads the configuration again at SIGHUP (`systemctl reload`). The log level changes at once; for other settings it
/// says that a restart is needed. A wrong configuration changes nothing.
struct ReloadService: Service {
  let sources: SettingsSources
  let settings: Settings
  let logLevel: LogLevel
  let logger: Logger
  let notifier: ServiceNotifier
  private let signals: UnixSignalsSequence

  /// Receives the signal from here on: a reload may come as soon as systemd knows that the daemon is ready.
  init(
    sources: SettingsSources, settings: Settings, logLevel: LogLevel, logger: Logger, notifier: ServiceNotifier
  ) async {
    self.sources = sources
    self.settings = settings
    self.logLevel = logLevel
    self.logger = logger
    self.notifier = notifier
    // The signal is ignored up to now (`Main`), and an ignored signal is not delivered to a trap either. An empty
    // handler, because by default the signal would end the daemon until it is trapped.
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
