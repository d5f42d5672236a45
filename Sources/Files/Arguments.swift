import CArguments
import Glibc

/// The command line of this process.
package enum Arguments {
  /// The words after the program's name, as `FileName` has them; nil if they are not available. Swift's own list is
  /// empty if a preloaded library has set a variable, and loses bytes that are not UTF-8.
  package static func current() -> [String]? {
    var words = (0..<carguments_count()).compactMap { carguments_word($0).map { FileName.text(cString: $0) } }
    if words.isEmpty { words = ofProcess() ?? [] }
    return words.isEmpty ? nil : Array(words.dropFirst())
  }

  /// The name by which the program was started, without its folder.
  package static var program: String {
    let word = carguments_word(0).map { FileName.text(cString: $0) } ?? ofProcess()?.first
    return word?.split(separator: "/").last.map(String.init) ?? "error"
  }

  /// The system's own list, the program's name first.
  private static func ofProcess() -> [String]? {
    let descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      bytes += piece[..<count]
    }
    return split(bytes)
  }

  /// Words that each end with a zero.
  package static func split(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0, omittingEmptySubsequences: false).dropLast().map { FileName.text($0) }
  }
}
