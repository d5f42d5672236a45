import Files
import Glibc

/// A file of lines `KEY=VALUE`, as systemd's `EnvironmentFile=` reads them: comments begin with `#` or `;`, a value may
/// stand in quotation marks.
package struct ConfigurationFile: Sendable, Equatable {
  /// The usual path; the file may be missing.
  package static let usual = "/etc/default/digitd"

  /// A configuration is short; a longer file is something else.
  package static let maximumBytes = 64 * 1024

  package var path: String
  package var values: [String: String] = [:]
  /// The line of each key.
  package var lines: [String: Int] = [:]

  /// Reads the file at `path`. Unknown keys and malformed lines are refused, with their line number: ignoring a
  /// mistyped key would mean listening to another microphone than intended.
  package static func read(_ path: String, mayBeMissing: Bool) throws(DaemonFailure) -> ConfigurationFile {
    let descriptor = FileName.withCString(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else {
      if mayBeMissing, errno == ENOENT { return ConfigurationFile(path: path) }
      throw .usage("the configuration file \(path) cannot be read: \(systemReason(errno))")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: maximumBytes + 1)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
      }
      if got == 0 { break }
      guard got > 0 else {
        throw .usage("the configuration file \(path) cannot be read: \(systemReason(errno))")
      }
      count += got
    }
    guard count <= maximumBytes else {
      throw .usage("the configuration file \(path) is longer than \(maximumBytes) bytes")
    }
    return try parse(FileName.text(bytes[..<count]), path: path)
  }

  package static func parse(_ text: String, path: String) throws(DaemonFailure) -> ConfigurationFile {
    var file = ConfigurationFile(path: path)
    let known = Set(SettingKey.allCases.map(\.variable))
    // "\r\n" is one character.
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in lines.enumerated() {
      let line = trimmed(line)
      guard let first = line.first, first != "#", first != ";" else { continue }
      guard let equals = line.firstIndex(of: "=") else {
        throw .usage("\(path), line \(index + 1): \"\(line.prefix(60))\" is not KEY=VALUE")
      }
      let key = String(trimmed(line[..<equals]))
      guard known.contains(key) else {
        throw .usage("\(path), line \(index + 1): there is no setting \(key.prefix(60))")
      }
      let value: String
      do throws(QuotationError) {
        value = try unquoted(trimmed(line[line.index(after: equals)...]))
      } catch {
        throw .usage("\(path), line \(index + 1): \(key): \(error.sentence)")
      }
      file.values[key] = value.isEmpty ? nil : value
      file.lines[key] = index + 1
    }
    return file
  }

  /// `text` with another value for a key, or without one: on the last line with the key, even if it is a comment, else
  /// on a new line. All other lines stay as they are.
  package static func text(_ text: String, setting key: SettingKey, to value: String?) -> String {
    var lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }.map(String.init)
    if lines.last?.isEmpty == true { lines.removeLast() }
    func isOf(_ key: SettingKey, _ line: String) -> Bool {
      guard let equals = line.firstIndex(of: "=") else { return false }
      return trimmed(line[..<equals]) == key.variable
    }
    let active = lines.indices.filter { isOf(key, lines[$0]) }
    let commented = lines.indices.last { lines[$0].hasPrefix("#") && isOf(key, String(lines[$0].dropFirst())) }
    // The last one counts; earlier ones would take effect once it is gone.
    for index in active.dropLast() { lines[index] = "#" + lines[index] }
    let quote = value?.contains("\"") == true ? "'" : "\""
    let line = value.map { "\(key.variable)=\(quote)\($0)\(quote)" } ?? "#\(key.variable)="
    if let index = active.last ?? commented {
      lines[index] = line
    } else if value != nil {
      lines.append(line)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private struct QuotationError: Error { var sentence: String }

  /// The text between quotation marks; a comment may follow. Without them, all of it.
  private static func unquoted(_ text: Substring) throws(QuotationError) -> String {
    guard let quote = text.first, quote == "\"" || quote == "'" else { return String(text) }
    let inner = text.dropFirst()
    guard let end = inner.firstIndex(of: quote) else {
      throw QuotationError(sentence: "the quotation mark \(quote) in \(text.prefix(40)) is not closed")
    }
    let rest = trimmed(inner[inner.index(after: end)...])
    guard rest.isEmpty || rest.first == "#" else {
      throw QuotationError(sentence: "after the closing quotation mark comes \(rest.prefix(40)); only a # comment may")
    }
    return String(inner[..<end])
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return text
  }
}
