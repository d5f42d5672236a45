import ArgumentParser
import Dispatch
import Files
import Glibc

/// Standard output, written at once and without the C library's buffer. Its reader may go away at any time (`| head
/// -1`), which ends a command quietly.
package enum StandardOutput {
  /// There is no reader left.
  package struct Closed: Error {}

  package struct WriteError: Error, CustomStringConvertible {
    package var code: Int32
    package var description: String { "standard output cannot be written: \(systemReason(code))" }
  }

  package static var isTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// `write` reports a broken pipe, not a signal.
  private static let ignoreBrokenPipe: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  package static func write(line: String) throws { try write(Array((line + "\n").utf8)) }

  package static func write(_ bytes: [UInt8]) throws {
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

  /// Ends the process when the last reader has gone, even while there is nothing to write. Otherwise `digitctl
  /// subscribe | head -1` would stay until the next event.
  package static func exitWhenClosed() {
    DispatchQueue(label: "standard output").async {
      var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
      while poll(&descriptor, 1, -1) < 0, errno == EINTR {}
      if descriptor.revents & Int16(POLLERR) != 0 { exit(0) }
    }
  }

  /// Runs a command's body, which ends quietly when no reader is left.
  package static func untilClosed(_ body: () throws -> Void) throws {
    do { try body() } catch is Closed { throw ExitCode.success }
  }
}

/// A sentence for a person, on standard error, after the program's name.
package func printError(_ sentence: String) {
  let bytes = Array("\(Arguments.program): \(FileName.shown(sentence))\n".utf8)
  _ = bytes.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
