import EventFeed
import Glibc

/// Whether listening is paused, as a restart of the daemon is to find it: a file beside the socket, there while it is.
/// The runtime folder is emptied when the machine starts: then nothing is paused but what `--start-paused` says.
package struct PauseRecord: Sendable, Equatable {
  package let path: String

  package init(path: String) { self.path = path }

  /// `digitd.sock` → `digitd.paused`; nil for a daemon without a socket, which nobody can ask to pause.
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

  /// - Returns: the number of the error, 0 for none.
  package func write(_ isPaused: Bool) -> Int32 {
    guard isPaused else { return unlink(path) == 0 || errno == ENOENT ? 0 : errno }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return errno }
    close(descriptor)
    return 0
  }
}
