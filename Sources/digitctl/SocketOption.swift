import ArgumentParser
import EventFeed
import Files

/// The option for the daemon's socket.
struct SocketOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's socket (default: DIGITD_SOCKET, else \(SocketLocation.system), else $XDG_RUNTIME_DIR/digitd.sock).",
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
