import EventFeed
package import Files
import Glibc

/// Where a pause is remembered.
package protocol PauseRecording: Sendable {
  func write(_ isPaused: Bool) throws(FileError)
}

/// Remembers over a restart of the daemon that listening is paused: a file beside the socket that exists during a pause.
/// The runtime folder is emptied when the machine starts; then only `--start-paused` counts.
package struct PauseRecord: PauseRecording, Equatable {
  package let path: String

  package init(path: String) { self.path = path }

  /// `digitd.sock` → `digitd.paused`; nil for a daemon without a socket, which no client can pause.
  init?(socket: Settings.Socket, environment: [String: String]) {
    let socketPath: String? =
      switch socket {
      case .none: nil
      case .path(let path): path
      case .usual: SocketLocation.forServer(environment: environment)
      }
    guard let socketPath else { return nil }
    let stem = socketPath.hasSuffix(".sock") ? String(socketPath.dropLast(5)) : socketPath
    path = stem + ".paused"
  }

  package var isPaused: Bool { access(path, F_OK) == 0 }

  package func write(_ isPaused: Bool) throws(FileError) {
    if isPaused { return try WholeFile.writePrivate([], to: path) }
    guard unlink(path) == 0 || errno == ENOENT else {
      throw FileError(path: path, problem: "cannot be removed: \(systemReason(errno))")
    }
  }
}
