import EventFeed
import Events
import HTTPTypes
import Hummingbird
import JSON
import Synchronization
import Wording

/// The daemon's events as server-sent events (WHATWG HTML, section 9.2), and its counters.
struct EventRoutes: Sendable {
  let client: EventClient
  let limits: WebLimits
  private let streams = Streams()

  init(client: EventClient, limits: WebLimits) {
    self.client = client
    self.limits = limits
  }

  private final class Streams: Sendable {
    private let count = Mutex(0)

    /// One of the permitted streams; it is returned when this object is released.
    final class Place: Sendable {
      private let streams: Streams
      fileprivate init(_ streams: Streams) { self.streams = streams }
      deinit { streams.count.withLock { $0 -= 1 } }
    }

    func take(_ limit: Int) -> Place? {
      let mayHave = count.withLock { count in
        guard count < limit else { return false }
        count += 1
        return true
      }
      return mayHave ? Place(self) : nil
    }
  }

  private enum Item: Sendable {
    case update(EventClient.Update)
    case heartbeat
  }

  /// Subscribes to the daemon until the reader leaves. When the connection to the daemon is lost, the stream has an
  /// event that says so; it continues when the connection is back.
  @Sendable func events(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let kinds = try Self.kinds(request.uri.queryParameters["events"])
    guard let place = streams.take(limits.eventStreams) else {
      throw Problem(.serviceUnavailable, .busy, "there are \(limits.eventStreams) streams of events already")
    }
    let body = ResponseBody { writer in
      defer { withExtendedLifetime(place) {} }
      // Sent at once, so that the reader knows that it is connected.
      try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
      try await request.body.consumeWithCancellationOnInboundClose { _ in
        try await follow(kinds) { text in try await writer.write(ByteBuffer(string: text)) }
      }
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: [.contentType: "text/event-stream"], body: body)
  }

  private func follow(_ kinds: [Event.Kind], write: (String) async throws -> Void) async throws {
    try await withHeartbeat(every: limits.heartbeat) { send in
      try await client.follow(kinds, greetings: true) { await send(.update($0)) }
    } beat: {
      Item.heartbeat
    } write: { item in
      try await write(Self.text(of: item))
    }
  }

  /// An item of the stream: the event's type and its line.
  private static func text(of item: Item) -> String {
    switch item {
    case .heartbeat: ":\n\n"
    case .update(.event(let envelope)):
      "event: \(oneLine(envelope.event.type))\ndata: \(String(decoding: envelope.line(), as: UTF8.self))\n"
    case .update(.gap(let missing)):
      "event: gap\ndata: "
        + JSONValue.object(["type": "gap", "data": .object(["missing": .integer(missing)])]).text + "\n\n"
    case .update(.connected): ""
    case .update(.disconnected(let error, _)):
      "event: disconnected\ndata: "
        + JSONValue.object(["type": "disconnected", "data": .object(["text": .string("\(error)")])]).text + "\n\n"
    }
  }

  private static func oneLine(_ text: String) -> String { text.filter { !$0.isNewline } }

  private static func kinds(_ names: Substring?) throws -> [Event.Kind] {
    let all = Event.Kind.broadcast
    guard let names else { return all.filter { !$0.isOnDemand } }
    return try names.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let kind = all.first(where: { $0.rawValue == name }) else {
        throw Problem(
          .badRequest, .badRequest,
          "there is no event “\(name)”; there are \(all.map(\.rawValue).joined(separator: ", "))")
      }
      return kind
    }
  }

  /// The daemon's counters, as in its answer to `status`.
  @Sendable func status(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    let envelope = try await askStatus()
    return Response(
      status: .ok, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: envelope.line())))
  }

  /// The counters for Prometheus, in its text format (exposition format 0.0.4).
  @Sendable func metrics(_ request: Request, _ context: BasicRequestContext) async throws -> Response {
    guard case .status(let status) = try await askStatus().event else {
      throw Problem(.badGateway, .unavailable, "the daemon's answer was not its status")
    }
    return Response(
      status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: status.prometheus + "\n")))
  }

  /// Closes or opens the microphone, and answers with its state.
  func pause(_ isPaused: Bool) async throws -> Response {
    let device = try await answer { try await $0.pause(isPaused) }
    return Response(json: ["state": .string(device.state.rawValue), "device": .string(device.name)])
  }

  private func askStatus() async throws -> EventEnvelope {
    try await answer { try await $0.statusWithEnvelope().envelope }
  }

  /// The daemon's answer, if it comes in time.
  private func answer<R: Sendable>(_ ask: @escaping @Sendable (EventClient) async throws -> R) async throws -> R {
    do {
      return try await client.answer(within: limits.daemonTime, ask)
    } catch let error as NoAnswer {
      throw Problem(.gatewayTimeout, .timeout, "\(error)")
    } catch let error as SocketError {
      throw Problem(.serviceUnavailable, .unavailable, "\(error)")
    } catch let refusal as EventClient.Refusal {
      throw Problem(refusal)
    }
  }

  /// Whether this server is running; for the daemon see `status`.
  @Sendable func health(_ request: Request, _ context: BasicRequestContext) -> Response {
    Response(json: ["status": "ok"])
  }
}

extension Problem {
  /// The daemon's refusal: it listens to a file and cannot be paused, another request came before this one was done, or
  /// it has too many clients.
  fileprivate init(_ refusal: EventClient.Refusal) {
    switch refusal.failure.code {
    case .unavailable: self.init(.conflict, .unavailable, refusal.description)
    case .overtaken: self.init(.conflict, .overtaken, refusal.description)
    default: self.init(.serviceUnavailable, .unavailable, refusal.description)
    }
  }
}
