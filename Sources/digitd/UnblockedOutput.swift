import Glibc

/// Writes to a shared descriptor without ever blocking.
///
/// Checking that a pipe has room is not enough: another thread or process may fill it before the write. And
/// `O_NONBLOCK` on the descriptor itself would apply to all that share it, such as the shell's terminal.
package struct UnblockedOutput: Sendable {
  private enum Way: Sendable {
    /// The same pipe or terminal, opened once more for this process alone.
    case own(Int32)
    case socket
    /// A file, which does not block, or something that cannot be opened again.
    case shared
  }

  private let descriptor: Int32
  private let way: Way

  package init(descriptor: Int32) {
    self.descriptor = descriptor
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      way = .shared
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFSOCK: way = .socket
    case S_IFIFO, S_IFCHR:
      let own = open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
      way = own >= 0 ? .own(own) : .shared
    default: way = .shared
    }
  }

  /// - Parameter patience: how many milliseconds to wait for room.
  /// - Returns: false if there was no room. An error counts as written, because there is no reader left.
  package func write(_ bytes: [UInt8], patience: Int32 = 0) -> Bool {
    var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    // If polling fails, the write finds out.
    guard poll(&room, 1, patience) != 0 else { return false }
    let count = bytes.withUnsafeBytes { bytes in
      switch way {
      case .own(let own): Glibc.write(own, bytes.baseAddress, bytes.count)
      case .socket: send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
      case .shared: Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      }
    }
    return count >= 0 || errno != EAGAIN
  }
}
