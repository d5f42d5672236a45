import Foundation
import Glibc
import Testing

/// A terminal of which the test is the other side.
final class PseudoTerminal {
  let host: FileHandle
  let guest: FileHandle

  init() throws {
    let descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    try #require(descriptor >= 0)
    // TIOCSPTLCK and TIOCGPTN, macros that Swift does not see: unlock the other side, and ask for its number.
    var lock: CInt = 0
    var number: CInt = 0
    try #require(ioctl(descriptor, 0x4004_5431, &lock) == 0 && ioctl(descriptor, 0x8004_5430, &number) == 0)
    let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    try #require(other >= 0)
    host = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guest = FileHandle(fileDescriptor: other, closeOnDealloc: true)
    var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
    try #require(ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0)
  }

  var flags: tcflag_t {
    var settings = termios()
    tcgetattr(guest.fileDescriptor, &settings)
    return settings.c_lflag
  }

  /// What was written, up to and with `words`.
  func read(until words: String) -> String {
    var text = Data()
    while let piece = try? host.read(upToCount: 1), !piece.isEmpty {
      text += piece
      if text.suffix(words.utf8.count) == Data(words.utf8) { break }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
