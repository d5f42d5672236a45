import ArgumentParser
import Dispatch
import Files
import Glibc

/// Standard output, written at once and without the C library's buffer. Whoever read it may go away at any time
/// (`| head -1`): that ends a command quietly.
enum StandardOutput {
  /// Nobody reads any more.
  struct Closed: Error {}

  struct WriteError: Error, CustomStringConvertible {
    var code: Int32
    var description: String { "standard output cannot be written: \(String(cString: strerror(code)))" }
  }

  static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// A broken pipe is told by `write`, not by a signal.
  private static let ignoreBrokenPipe: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  static func write(line: String) throws { try write(Array((line + "\n").utf8)) }

  static func write(_ bytes: [UInt8]) throws {
    _ = ignoreBrokenPipe
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(STDOUT_FILENO, $0.baseAddress?.advanced(by: done), $0.count - done)
      }
      if count >= 0 {
        done += count
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var descriptor = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&descriptor, 1, -1)
      case EPIPE: throw Closed()
      case let code: throw WriteError(code: code)
      }
    }
  }

  /// Ends the process when the last reader has gone, even while there is nothing to write: otherwise
  /// `digitctl subscribe | head -1` would stay until the next event.
  static func exitWhenClosed() {
    DispatchQueue(label: "standard output").async {
      var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
      while poll(&descriptor, 1, -1) < 0, errno == EINTR {}
      if descriptor.revents & Int16(POLLERR) != 0 { exit(0) }
    }
  }

  /// Runs a command's body; that nobody reads any more ends it quietly.
  static func whileRead(_ body: () throws -> Void) throws {
    do { try body() } catch is Closed { throw ExitCode.success }
  }
}

/// A sentence for a person, on standard error.
func complain(_ sentence: String) {
  let bytes = Array("digitctl: \(FileName.shown(sentence))\n".utf8)
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
