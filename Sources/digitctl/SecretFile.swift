import CommandSupport
import FoundationEssentials

/// A secret on the first line of a file, because every user of the machine can see a command line.
enum SecretFile {
  /// - Parameter name: the kind of secret, as in "the token file".
  static func firstLine(of path: String, _ name: String) throws(CleanError) -> String {
    guard let text = try? String(contentsOf: URL(filePath: path), encoding: .utf8) else {
      throw CleanError("the \(name) file \(path) cannot be read")
    }
    let line = text.prefix { !$0.isNewline }
    guard !line.isEmpty else { throw CleanError("the \(name) file \(path) has no first line") }
    return String(line)
  }
}
