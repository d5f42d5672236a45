package import Logging
import Synchronization

/// Keeps the log, a line each.
package final class LogBook: LogHandler, Sendable {
  private let written = Mutex<[String]>([])

  package init() {}

  package var lines: [String] { written.withLock { $0 } }

  package var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }

  package var logLevel: Logger.Level {
    get { .info }
    set {}
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  package func log(event: LogEvent) { written.withLock { $0.append("\(event.level) \(event.message)") } }
}
