import Events
import Logging
import Synchronization

/// The log level, which may change while the daemon runs.
final class LogLevel: Sendable {
  private let level: Mutex<Logger.Level>

  init(_ level: Logger.Level) {
    self.level = Mutex(level)
  }

  var current: Logger.Level { level.withLock { $0 } }

  func change(to new: Logger.Level) { level.withLock { $0 = new } }
}

/// Writes log messages: for a person as lines with the time on standard error, for the journal with priority and
/// fields.
struct DaemonLogHandler: LogHandler {
  private let level: LogLevel
  private let journal: Journal?
  var metadata: Logger.Metadata = [:]

  /// A logger that follows `level`. The environment shows whether the journal reads standard error.
  static func logger(level: LogLevel, environment: [String: String]) -> Logger {
    let journal = Journal(environment: environment)
    return Logger(label: "digitd") { _ in DaemonLogHandler(level: level, journal: journal) }
  }

  private init(level: LogLevel, journal: Journal?) {
    self.level = level
    self.journal = journal
  }

  var logLevel: Logger.Level {
    get { level.current }
    nonmutating set { level.change(to: newValue) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let all = metadata.merging(event.metadata ?? [:]) { $1 }
    let shown = all.filter { !$0.key.hasPrefix(Journal.prefix) }
    let details = shown.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    let text = event.message.description.map { $0.isNewline ? " " : String($0) }.joined() + details
    if let journal {
      journal.write(text, priority: Self.priority(event.level), fields: Journal.fields(all))
    } else {
      StandardError.write(line: "\(WallTime.now()) \(event.level) \(text)")
    }
  }

  private static func priority(_ level: Logger.Level) -> Int {
    switch level {
    case .critical: 2
    case .error: 3
    case .warning: 4
    case .notice: 5
    case .info: 6
    case .debug, .trace: 7
    }
  }
}
