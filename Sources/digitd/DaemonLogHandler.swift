import Events
import Glibc
import Logging
import Synchronization

/// The level of the log, which may change while the daemon runs.
final class LogLevel: Sendable {
  private let level: Mutex<Logger.Level>

  init(_ level: Logger.Level) {
    self.level = Mutex(level)
  }

  var current: Logger.Level { level.withLock { $0 } }

  func change(to new: Logger.Level) { level.withLock { $0 = new } }
}

/// Writes log messages to standard error, a line each: for a person with the time before it, for the journal with the
/// priority that it understands (`sd-daemon(3)`).
struct DaemonLogHandler: LogHandler {
  private let level: LogLevel
  private let isJournal: Bool
  var metadata: Logger.Metadata = [:]

  /// A logger that follows `level`. Whether the journal reads it is for the environment to say.
  static func logger(level: LogLevel, environment: [String: String]) -> Logger {
    let isJournal = environment["JOURNAL_STREAM"].map(isStandardError) ?? false
    return Logger(label: "digitd") { _ in DaemonLogHandler(level: level, isJournal: isJournal) }
  }

  /// Whether standard error is still the stream to the journal that systemd made, by its device and inode: the variable is
  /// inherited also by what is started with its standard error elsewhere (systemd.exec(5)).
  private static func isStandardError(_ stream: String) -> Bool {
    var status = stat()
    return fstat(STDERR_FILENO, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
  }

  private init(level: LogLevel, isJournal: Bool) {
    self.level = level
    self.isJournal = isJournal
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
    let details = all.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    let text = event.message.description.map { $0.isNewline ? " " : String($0) }.joined() + details
    if isJournal {
      StandardError.write(line: "<\(Self.priority(event.level))>\(text)")
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
