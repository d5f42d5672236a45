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

  func run() async throws {
    // Ignored until now (`Main`), and what is ignored is not delivered to those who listen either.
    signal(SIGHUP, SIG_DFL)
    for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
      notifier.reloading()
      do throws(DaemonFailure) {
        let new = try sources.resolve()
        logLevel.change(to: new.logLevel)
        let waiting = new.changes(needingRestartFrom: settings)
        let restart = waiting.isEmpty ? "" : "; \(waiting.joined(separator: ", ")) will change with a restart"
        logger.notice("the configuration was read again\(restart)")
      } catch {
        logger.error("the configuration stays as it was: \(error.sentence)")
      }
      notifier.reloaded()
    }
  }
}
