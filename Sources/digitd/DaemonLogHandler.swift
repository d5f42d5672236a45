import EventFeed
import Logging

/// Writes log messages to standard error, a line each: for a person with the time before it, for the journal with the
/// priority that it understands (`sd-daemon(3)`).
struct DaemonLogHandler: LogHandler {
  var logLevel: Logger.Level = .info
  var metadata: Logger.Metadata = [:]
  let isJournal: Bool

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
