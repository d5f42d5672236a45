import Glibc
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// The sockets on which a server accepts connections. If the file of a Unix socket is deleted, no client can connect
/// any more, and there is no error. Such a socket is made again, because the daemon runs unattended for years.
final class ServerSockets: Sendable {
  private struct Listener {
    var socket: ListeningSocket
    var channel: any Channel
    /// Whether its loss has been logged since the file last existed.
    var hasLoggedLoss = false
  }

  private enum State {
    case open([Listener])
    case closed

    var listeners: [Listener] {
      switch self {
      case .open(let listeners): listeners
      case .closed: []
      }
    }
  }

  private let acceptor: @Sendable () -> ServerBootstrap
  private let logger: Logger
  private let state = Mutex(State.open([]))

  /// - Parameter acceptor: makes a new bootstrap, which must not be shared between threads.
  init(logger: Logger, acceptor: @escaping @Sendable () -> ServerBootstrap) {
    self.acceptor = acceptor
    self.logger = logger
  }

  /// Accepts connections on `socket`, of which it takes ownership even if it throws.
  /// - Throws: `SocketError`.
  func open(_ socket: ListeningSocket) async throws {
    let channel = try await accept(on: socket)
    let isOpen = state.withLock { state in
      guard case .open(let listeners) = state else { return false }
      state = .open(listeners + [Listener(socket: socket, channel: channel)])
      return true
    }
    if !isOpen { await Self.close(socket, channel) }
  }

  /// Makes each socket again whose file is gone. A path that another file has taken is left alone while that file
  /// exists. Existing connections stay.
  func makeLostFilesAgain() async {
    for (index, listener) in state.withLock({ $0.listeners }).enumerated() {
      switch listener.socket.presence {
      case .there: setLogged(index, false)
      case .another:
        warn(
          index,
          "another program has replaced the socket file \(listener.socket.path): clients cannot find this daemon")
      case .gone:
        do {
          let socket = try await ListeningSocket.makeAside(path: listener.socket.path)
          try await replace(index, by: socket, channel: accept(on: socket))
          logger.notice("the socket file \(socket.path) was gone: it has been made again")
        } catch {
          warn(index, "the socket file is gone, and \(error)")
        }
      }
    }
  }

  /// Removes the files and stops accepting.
  func close() async {
    let listeners = state.withLock { state in
      defer { state = .closed }
      return state.listeners
    }
    for listener in listeners { await Self.close(listener.socket, listener.channel) }
  }

  private func accept(on socket: ListeningSocket) async throws -> any Channel {
    do {
      let channel = try await acceptor().withBoundSocket(socket.descriptor).get()
      // Longer than NIO's backlog, whose option comes too late for a socket that is already bound.
      listen(socket.descriptor, ListeningSocket.backlog)
      return channel
    } catch {
      socket.removeFile()
      throw SocketError(
        path: socket.path, reason: .system(operation: "listen", code: (error as? IOError)?.errnoCode ?? 0))
    }
  }

  private func replace(_ index: Int, by socket: ListeningSocket, channel: any Channel) async {
    let superseded = state.withLock { state -> Listener in
      let new = Listener(socket: socket, channel: channel)
      guard case .open(var listeners) = state else { return new }
      let old = listeners[index]
      listeners[index] = new
      state = .open(listeners)
      return old
    }
    await Self.close(superseded.socket, superseded.channel)
  }

  private static func close(_ socket: ListeningSocket, _ channel: any Channel) async {
    socket.removeFile()
    try? await channel.close().get()
  }

  private func warn(_ index: Int, _ trouble: String) {
    if setLogged(index, true) { logger.warning("\(trouble)") }
  }

  /// Returns whether this is a change.
  @discardableResult
  private func setLogged(_ index: Int, _ isLogged: Bool) -> Bool {
    state.withLock { state in
      guard case .open(var listeners) = state, listeners[index].hasLoggedLoss != isLogged else { return false }
      listeners[index].hasLoggedLoss = isLogged
      state = .open(listeners)
      return true
    }
  }
}
