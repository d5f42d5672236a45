import EventFeed
import Events
import Logging
import NIOCore
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct EventClientTests {
  @Test func `events come as a sequence`() async throws {
    try await TestServer.run { test in
      let events = try await EventClient(path: test.path).withConnection { connection in
        try await connection.send(.subscribe([.overrun]))
        try await connection.send(.ping(text: "ready"))
        var seen: [EventEnvelope] = []
        for try await envelope in connection.events {
          if envelope.event.kind == .pong {
            for value in 1...3 { test.publish(overrun: value) }
          } else if envelope.event.kind != .subscribed {
            seen.append(envelope)
          }
          if seen.count == 4 { break }
        }
        return seen
      }
      #expect(events.map(\.event.kind) == [.hello, .overrun, .overrun, .overrun])
      #expect(events.map(\.sequence) == [0, 1, 2, 3])
    }
  }

  @Test func `the status is asked`() async throws {
    try await TestServer.run { test in
      let status = try await EventClient(path: test.path).status()
      #expect(status.frames == Samples.status.frames)
      #expect(status.rejections == Samples.status.rejections)
      #expect(status.subscribers == 0)
    }
  }

  @Test func `without a daemon there is an error`() async throws {
    await #expect(throws: SocketError(path: "/tmp/no-such-socket", reason: .nobodyThere)) {
      try await EventClient(path: "/tmp/no-such-socket").status()
    }
    await #expect(throws: SocketError(path: "/etc/passwd", reason: .notASocket)) {
      try await EventClient(path: "/etc/passwd").status()
    }
    let long = "/" + String(repeating: "x", count: 300)
    await #expect(throws: SocketError(path: long, reason: .pathTooLong(limit: 107))) {
      try await EventClient(path: long).status()
    }
  }

  /// Follows one daemon, then the next on the same socket: the client connects again by itself.
  @Test func `a follower connects again`() async throws {
    struct Enough: Error {}
    let seen = Mutex<[String]>([])
    try await withTemporaryFolder { folder in
      let path = "\(folder)/s"
      let first = try await Self.start(path)
      let current = Mutex((first.0, first.1))
      await #expect(throws: Enough.self) {
        try await EventClient(path: path).follow { update in
          switch update {
          case .connected(let hello):
            seen.withLock { $0.append("connected \(hello.session)") }
            current.withLock { $0.0 }.publish(.overrun(Event.Overrun(lostMs: 1)))
          case .event(let envelope):
            seen.withLock { $0.append(envelope.event.type) }
            if seen.withLock({ $0.count }) > 3 { throw Enough() }
            await current.withLock { $0.1 }.shutdown()
          case .gap(let missing): seen.withLock { $0.append("gap \(missing)") }
          case .disconnected:
            seen.withLock { $0.append("disconnected") }
            let second = try await Self.start(path)
            current.withLock { $0 = second }
          }
        }
      }
      await current.withLock { $0.1 }.shutdown()
    }
    #expect(
      seen.withLock { $0 } == ["connected 5f3a", "overrun", "disconnected", "connected 5f3a", "overrun"])
  }

  /// It says so before it closes the connection.
  @Test func `a daemon that has too many clients is named as such, and asked more and more seldom`() async throws {
    struct Enough: Error {}
    var configuration = EventServer.Configuration.testing
    configuration.maximumConnections = 0
    try await TestServer.run(configuration) { test in
      let client = EventClient(path: test.path)
      let refusal = await #expect(throws: EventClient.Refusal.self) { try await client.status() }
      #expect(refusal?.failure.code == .busy)
      let waits = Mutex<[Duration]>([])
      await #expect(throws: Enough.self) {
        try await client.follow { update in
          guard case .disconnected(_, let wait) = update else { return }
          let count = waits.withLock { waits in
            waits.append(wait)
            return waits.count
          }
          if count == 2 { throw Enough() }
        }
      }
      #expect(waits.withLock { $0 } == [.milliseconds(250), .milliseconds(500)])
    }
  }

  /// Whatever it is that ends a connection, such as what NIO says when the daemon closes it before the request is written.
  @Test(
    arguments: [
      ChannelError.ioOnClosedChannel, Unheard(), SocketError(path: "/s", reason: .nobodyThere),
    ] as [any Error])
  func `a follower connects again after any error`(error: any Error) async throws {
    struct Enough: Error {}
    let seen = Mutex<[String]>([])
    let tries = Atomic(0)
    try await TestServer.run { test in
      let client = EventClient(path: test.path)
      await #expect(throws: Enough.self) {
        try await client.follow([.overrun]) { use in
          if tries.add(1, ordering: .relaxed).newValue == 1 { throw error }
          try await client.withConnection(use)
        } _: { update in
          switch update {
          case .disconnected(let reason, _): seen.withLock { $0.append("\(reason)") }
          default: throw Enough()
          }
        }
      }
    }
    let expected = error is ChannelError ? "the daemon closed the connection" : "\(error)"
    #expect(seen.withLock { $0 } == [expected])
  }

  private struct Unheard: Error {}

  private static func start(_ path: String) async throws -> (EventHub, EventServer) {
    let hub = EventHub()
    let responder = EventResponder(
      hello: { Samples.hello }, info: { Samples.info }, status: { Samples.status },
      recogniser: { _ in WholeRecording() })
    let server = try await EventServer.start(
      on: try ListeningSocket.make(path: path), hub: hub, responder: responder, logger: .init(label: "test"))
    return (hub, server)
  }
}

@Suite struct GapDetectorTests {
  private func overrun(_ sequence: Int) -> EventEnvelope {
    EventEnvelope(time: Samples.time, sequence: sequence, event: .overrun(Event.Overrun(lostMs: 1)))
  }

  private func hello(_ sequence: Int, session: String) -> EventEnvelope {
    var hello = Samples.hello
    hello.session = session
    return EventEnvelope(time: Samples.time, sequence: sequence, event: .hello(hello))
  }

  @Test func `gaps are found and only gaps`() {
    var gaps = GapDetector()
    let level = EventEnvelope(
      time: Samples.time, sequence: 6,
      event: .level(Event.Level(rmsDBFS: 0, peakDBFS: 0, noiseFloorDBFS: 0, thresholdDBFS: 0, speech: false)))
    let dropped = EventEnvelope(time: Samples.time, sequence: 12, event: .dropped(Event.Dropped(count: 2)))
    let events = [hello(5, session: "a"), overrun(6), level, level, overrun(7), overrun(10), dropped, overrun(13)]
    #expect(events.map { gaps.missing(before: $0) } == [0, 0, 0, 0, 0, 2, 0, 0])
  }

  @Test func `impossible numbers are survived`() {
    var gaps = GapDetector()
    let events = [overrun(.min), overrun(.max), overrun(.min), hello(.min, session: "a"), hello(.max, session: "a")]
    #expect(events.map { gaps.missing(before: $0) } == [0, .max - 1, 0, 0, .max])
  }

  @Test func `events missed between connections are counted within a session`() {
    var gaps = GapDetector()
    let events = [
      hello(5, session: "a"), overrun(6), hello(9, session: "a"), overrun(10), hello(2, session: "b"), overrun(3),
    ]
    #expect(events.map { gaps.missing(before: $0) } == [0, 0, 3, 0, 0, 0])
  }

  @Test func `a daemon that does not answer in time is named`() async throws {
    let client = EventClient(path: "/run/none.sock")
    let error = await #expect(throws: NoAnswer.self) {
      // Until it is cancelled.
      try await client.answer(within: .milliseconds(1)) { _ in try await Task.sleep(for: .seconds(3600)) }
    }
    #expect(error?.description == "the daemon at /run/none.sock does not answer")
    #expect(try await client.answer { $0.path } == "/run/none.sock")
  }
}
