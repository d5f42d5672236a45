public import Events
import Glibc
package import NIOCore
import NIOPosix

/// A client of the daemon's socket.
public struct EventClient: Sendable {
  /// A connection. Events arrive in order; requests may be sent at any time.
  public struct Connection: Sendable {
    /// The daemon's events, beginning with `hello`; ends when the daemon closes the connection. Iterate it only once.
    public let events: Events
    fileprivate let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>

    public func send(_ request: ClientRequest) async throws {
      try await outbound.write(ByteBuffer(bytes: request.encoded()))
    }
  }

  /// The events of a connection. Lines that are not known events are skipped, as the protocol asks.
  public struct Events: AsyncSequence, Sendable {
    public typealias Element = EventEnvelope

    fileprivate let inbound: NIOAsyncChannelInboundStream<ByteBuffer>

    public struct AsyncIterator: AsyncIteratorProtocol {
      fileprivate var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
      private var parser = MessageParser()
      private var decoded: [EventEnvelope] = []

      fileprivate init(inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator) {
        self.inbound = inbound
      }

      public mutating func next() async throws -> EventEnvelope? {
        while decoded.isEmpty {
          guard let buffer = try await inbound.next() else { return nil }
          let outputs = buffer.withUnsafeReadableBytes { parser.push($0) }
          decoded = outputs.reversed().compactMap { output in
            guard case .message(let message) = output else { return nil }
            return try? EventEnvelope(type: message.type, data: message.data)
          }
        }
        return decoded.popLast()
      }
    }

    public func makeAsyncIterator() -> AsyncIterator {
      AsyncIterator(inbound: inbound.makeAsyncIterator())
    }
  }

  /// The path of the socket.
  public let path: String
  private let group: any EventLoopGroup

  public init(path: String) { self.init(path: path, group: MultiThreadedEventLoopGroup.singleton) }

  package init(path: String, group: any EventLoopGroup) {
    self.path = path
    self.group = group
  }

  /// Connects, runs `body`, and closes the connection when `body` returns or throws.
  /// - Throws: `SocketError` if no program listens at the path, the path is too long or permission is missing; and any
  ///   error of `body`.
  public func withConnection<R: Sendable>(_ body: @Sendable (Connection) async throws -> R) async throws -> R {
    _ = try socketAddress(path: path)
    let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
    do {
      channel = try await ClientBootstrap(group: group).connect(unixDomainSocketPath: path) { channel in
        channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel(wrappingChannelSynchronously: channel) }
      }
    } catch let error as IOError {
      throw SocketError(path: path, reason: Self.reason(error.errnoCode, path: path))
    }
    return try await channel.executeThenClose { inbound, outbound in
      try await body(Connection(events: Events(inbound: inbound), outbound: outbound))
    }
  }

  /// Connects, sends one request and returns the first event that answers it.
  /// - Throws: `Refusal` if the daemon answers with an error, as it does when it has too many clients.
  public func ask<R: Sendable>(_ request: ClientRequest, _ answer: @Sendable @escaping (Event) -> R?) async throws -> R
  {
    try await askEnvelope(request) { answer($0.event) }
  }

  private func askEnvelope<R: Sendable>(
    _ request: ClientRequest, _ answer: @Sendable @escaping (EventEnvelope) -> R?
  ) async throws -> R {
    try await withConnection { connection in
      do {
        try await connection.send(request)
      } catch is ChannelError {
        // The daemon has closed the connection; it said why.
      }
      for try await envelope in connection.events {
        if let answer = answer(envelope) { return answer }
        if case .error(let failure) = envelope.event { throw Refusal(failure: failure) }
      }
      throw SocketError(path: path, reason: .nobodyThere)
    }
  }

  /// The daemon's counters.
  public func status() async throws -> Event.Status { try await statusWithEnvelope().status }

  /// The same, and the event as it came.
  package func statusWithEnvelope() async throws -> (envelope: EventEnvelope, status: Event.Status) {
    try await askEnvelope(.status) { envelope in
      if case .status(let status) = envelope.event { (envelope, status) } else { nil }
    }
  }

  /// Why the daemon refused a request.
  public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    public var failure: Event.Failure
    public var description: String { failure.text }
  }

  /// Closes the microphone, or opens it again.
  /// - Returns: the outcome, once the microphone is closed, once it is open, or once it is known why it cannot be
  ///   opened.
  /// - Throws: `Refusal` if the daemon does not allow it.
  public func pause(_ isPaused: Bool) async throws -> Event.Device {
    try await ask(isPaused ? .pause : .resume) { event in
      if case .device(let device) = event, (device.state == .paused) == isPaused { device } else { nil }
    }
  }

  private static func reason(_ code: Int32, path: String) -> SocketError.Reason {
    switch code {
    case ECONNREFUSED where isOtherFile(path): .notASocket
    case ENOENT, ECONNREFUSED: .nobodyThere
    case EACCES, EPERM: .denied("the socket \(path): join the group of its file")
    default: .system(operation: "connect", code: code)
    }
  }

  /// Whether the path names an existing file that is not a socket.
  private static func isOtherFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFSOCK
  }
}
