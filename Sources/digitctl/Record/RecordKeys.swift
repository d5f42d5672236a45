import Glibc

/// The lines that are typed into the terminal, by their first letters. They are read here, not by the C library: that
/// may read more than one, and `poll` does not know of a line that it holds.
package struct RecordKeys: Sendable {
  /// Of a line that is not complete yet.
  private var bytes: [UInt8] = []

  package init() {}

  /// What was typed since the last call; the end of the terminal ends the session.
  mutating func read() -> [RecordSession.Input] {
    guard isatty(STDIN_FILENO) == 1 else { return [] }
    var inputs: [RecordSession.Input] = []
    var descriptor = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    while poll(&descriptor, 1, 0) > 0 {
      var piece = [UInt8](repeating: 0, count: 256)
      let count = Glibc.read(STDIN_FILENO, &piece, piece.count)
      if count < 0, errno == EINTR || errno == EAGAIN { break }
      guard count > 0 else { return inputs + [.quit] }
      inputs += push(piece[..<count])
    }
    return inputs
  }

  package mutating func push(_ more: some Sequence<UInt8>) -> [RecordSession.Input] {
    more.compactMap { byte in
      guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else {
        bytes.append(byte)
        return nil
      }
      defer { bytes = [] }
      return switch bytes.first {
      case UInt8(ascii: "s"), UInt8(ascii: "S"): .skip
      case UInt8(ascii: "b"), UInt8(ascii: "B"): .back
      case UInt8(ascii: "q"), UInt8(ascii: "Q"): .quit
      default: nil
      }
    }
  }
}
