import Files
import Glibc

/// Paths from standard input, one per line, as bytes. Line ends of all systems and a byte order mark are accepted.
struct PathList {
  private let descriptor: CInt
  private var buffer: [UInt8] = []
  private var isOver = false
  private var isFirst = true

  init(descriptor: CInt) { self.descriptor = descriptor }

  /// The next line without its end; nil after the last.
  mutating func next() -> String? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeSubrange(...end) }
        return text(buffer[..<end])
      }
      guard !isOver else {
        defer { buffer = [] }
        return buffer.isEmpty ? nil : text(buffer[...])
      }
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = read(descriptor, &piece, piece.count)
      if count > 0 {
        buffer += piece[..<count]
      } else if count == 0 || errno != EINTR {
        isOver = true
      }
    }
  }

  private mutating func text(_ line: ArraySlice<UInt8>) -> String {
    var line = line
    if isFirst, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
    isFirst = false
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return FileName.text(line)
  }
}
