import Files
import Glibc
import Logging

/// Events in the life of the daemon, as a journal field: `journalctl DIGITD_EVENT=device`. Recognised words are not
/// among them.
package enum Incident: String, CaseIterable, Sendable {
  case started, stopped, failed
  /// The microphone's state.
  case device
  /// A condition of the signal began or ended.
  case condition
  case reloaded

  /// The fixed identifiers of these messages in the journal: `journalctl MESSAGE_ID=…`.
  package var messageID: String {
    switch self {
    case .started: "6d2f0b3a5c7e4f1e9a408c1f52d7e901"
    case .stopped: "b1c94e7d08a24c6f8f3d6a5be0179c02"
    case .failed: "4e8a61f2937d4b0ca5d20e9c7316fb03"
    case .device: "f07b5c18d2e94a3b81c6e4905fa2d704"
    case .condition: "93d6e20fb7514c8e9e1ba7f4c0825d05"
    case .reloaded: "2ac8f7510e6b49d3b47d93e1586fca06"
    }
  }

  /// Metadata of a log message: its incident and further fields, by the journal's names.
  func metadata(_ details: KeyValuePairs<String, String> = [:]) -> Logger.Metadata {
    var metadata: Logger.Metadata = [Journal.prefix + "EVENT": .string(rawValue)]
    for (name, value) in details { metadata[Journal.prefix + name] = .string(value) }
    return metadata
  }
}

/// systemd's journal, if it reads standard error: it takes messages with fields (systemd.journal-fields(7)).
final class Journal: Sendable {
  /// The prefix of the daemon's own fields; in metadata it marks what is for the journal alone.
  static let prefix = "DIGITD_"

  private let socket: DatagramSocket

  /// Nil if standard error is not the journal. `JOURNAL_SOCKET` names another socket, for tests.
  init?(environment: [String: String]) {
    guard let stream = environment["JOURNAL_STREAM"], Self.isStandardError(stream),
      let socket = DatagramSocket(address: environment["JOURNAL_SOCKET"] ?? "/run/systemd/journal/socket")
    else { return nil }
    self.socket = socket
  }

  /// Whether standard error is still the stream to the journal that systemd made, by device and inode: child processes
  /// with another standard error inherit the variable (systemd.exec(5)).
  private static func isStandardError(_ stream: String) -> Bool {
    var status = stat()
    return fstat(STDERR_FILENO, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
  }

  /// Writes a message, or a line with its priority if the journal does not take it at once.
  /// - Parameter fields: besides those of every message.
  func write(_ message: String, priority: Int, fields: [(name: String, value: String)], patience: Int32 = 0) {
    let own: [(name: String, value: String)] = [
      ("MESSAGE", message), ("PRIORITY", "\(priority)"), ("SYSLOG_IDENTIFIER", "digitd"),
    ]
    let lines = (own + fields).map { "\($0.name)=\(Self.line($0.value))\n" }
    guard !socket.send(FileName.shown(lines.joined()), mayWait: false) else { return }
    StandardError.write(line: "<\(priority)>\(message)", patience: patience)
  }

  /// The fields of an incident.
  static func fields(_ metadata: Logger.Metadata) -> [(name: String, value: String)] {
    var fields = metadata.filter { $0.key.hasPrefix(prefix) }.map { (name: $0.key, value: "\($0.value)") }
    if let incident = metadata[prefix + "EVENT"].flatMap({ Incident(rawValue: "\($0)") }) {
      fields.append(("MESSAGE_ID", incident.messageID))
    }
    return fields.sorted { $0.name < $1.name }
  }

  /// A line break ends a field.
  private static func line(_ text: String) -> String { String(text.map { $0.isNewline ? " " : $0 }) }
}
