import Glibc

/// A pipe that wakes a thread which polls it together with another descriptor.
package enum WakeUpPipe: Sendable {
  case open(reader: Int32, writer: Int32)
  /// The pipe could not be opened: the error number.
  case failed(code: Int32)

  package init() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else {
      self = .failed(code: errno)
      return
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    self = .open(reader: ends[0], writer: ends[1])
  }

  var reader: Int32 {
    if case .open(let reader, _) = self { reader } else { -1 }
  }

  func wake() {
    // A full pipe has woken the thread already.
    if case .open(_, let writer) = self { _ = Glibc.write(writer, [1], 1) }
  }

  /// Discards what `wake` has written.
  func clear() {
    var bytes = [UInt8](repeating: 0, count: 16)
    _ = Glibc.read(reader, &bytes, bytes.count)
  }

  func close() {
    guard case .open(let reader, let writer) = self else { return }
    Glibc.close(writer)
    Glibc.close(reader)
  }
}
