import ArgumentParser
import EventFeed
import Files

/// The option for the daemon's socket.
struct SocketOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's socket (default: DIGITD_SOCKET, else /run/digitd/digitd.sock, else $XDG_RUNTIME_DIR/digitd.sock).",
      valueName: "path"), completion: .file())
  var socket: String?

  func validate() throws {
    do {
      try ListeningSocket.checkPath(path)
    } catch {
      throw ValidationError("\(error)")
    }
  }

  var path: String {
    socket ?? SocketLocation.forClient(environment: Environment.current)
  }

  var client: EventClient { EventClient(path: path) }
}

/// Thrown when the daemon takes too long to answer.
struct NoAnswer: Error, CustomStringConvertible {
  var path: String
  var description: String { "the daemon at \(path) does not answer" }
}

/// Returns the result of `body`, or throws if that takes longer than the given time.
func within<R: Sendable>(_ limit: Duration, else error: some Error, _ body: @escaping @Sendable () async throws -> R)
  async throws -> R
{
  try await withThrowingTaskGroup(of: R?.self) { group in
    group.addTask { try await body() }
    group.addTask {
      try await Task.sleep(for: limit)
      return nil
    }
    defer { group.cancelAll() }
    guard let first = try await group.next(), let result = first else { throw error }
    return result
  }
}
