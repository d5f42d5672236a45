import EventFeed
import Events
import Glibc
import JSON
import TestSupport
import Testing

/// Clients that leave, or only send no more: over TCP the two look the same to the server.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LeavingTests {
  private static let recording: JSONObject = ["rate": 8000, "width": 2, "channels": 1]
  private static let start =
    Message(type: "transcribe").encoded() + Message(type: "audio-start", data: recording).encoded()
  private static let whole =
    start + Message(type: "audio-chunk", data: recording, payload: [UInt8](repeating: 0, count: 20)).encoded()
    + Message(type: "audio-stop").encoded()

  /// A server with one client that stays, and sees who else is there.
  private func watched(
    _ configure: (inout EventServer.Configuration) -> Void,
    _ body: @escaping @Sendable (TestServer, RawClient) async throws -> Void
  ) async throws {
    var configuration = EventServer.Configuration()
    configure(&configuration)
    try await TestServer.run(configuration) { test in
      let witness = try RawClient(test.path)
      try await witness.synchronise()
      try await body(test, witness)
    }
  }

  /// No event is for it: only the end of its connection tells that it has gone.
  @Test(arguments: Transport.allCases) func `a client that leaves after its recording is forgotten`(
    transport: Transport
  )
    async throws
  {
    try await watched({ $0.maximumConnections = 8 }) { test, witness in
      for _ in 0..<20 {
        let client = try test.client(transport)
        try await client.send(Self.whole)
        #expect(try await client.next(count: 2).map(\.event.type) == ["hello", "transcript"])
        client.leave()
        #expect(try await test.areLeft(1, witness: witness))
      }
    }
  }

  @Test(arguments: Transport.allCases) func `a client that leaves in the middle of its recording frees its place`(
    transport: Transport
  )
    async throws
  {
    try await watched({ $0.maximumRecordings = 1 }) { test, witness in
      let half = Message(type: "audio-chunk", payload: [UInt8](repeating: 0, count: 100)).encoded().dropLast(50)
      for rest in [[], Array(half)] {
        let client = try test.client(transport)
        try await client.send(Self.start)
        try await client.synchronise()
        try await client.send(rest)
        client.leave()
        #expect(try await test.areLeft(1, witness: witness))
        let other = try test.client(transport)
        try await other.send(Self.whole)
        #expect(try await other.next(count: 2).last?.event.type == "transcript")
        other.leave()
        #expect(try await test.areLeft(1, witness: witness))
      }
    }
  }

  /// `cat recording | nc`: it has its answers, all of them, and then there is no more to wait for.
  @Test(arguments: Transport.allCases) func `a client that stops sending gets its answers and is then closed`(
    transport: Transport
  )
    async throws
  {
    try await TestServer.run { test in
      let client = try test.client(transport)
      try await client.send(Self.whole + Self.whole + Array("{\"type\": \"ping\"}\n".utf8) + Self.start)
      client.endSending()
      #expect(
        try await client.next(count: 4).map(\.event.type) == ["hello", "transcript", "transcript", "pong"])
      #expect(try await client.next() == nil)
    }
  }

  /// `echo subscribe | nc`: it sends no more, and is told everything.
  @Test(arguments: Transport.allCases) func `a subscriber that sends no more gets its events`(transport: Transport)
    async throws
  {
    try await TestServer.run { test in
      for request in ["", "{\"type\": \"subscribe\", \"data\": {\"events\": [\"overrun\"]}}\n"] {
        let client = try test.client(transport)
        try await client.send(request + "{\"type\": \"ping\"}\n")
        client.endSending()
        #expect(try await client.next(count: 2).last?.event.kind == .pong)
        for value in 1...3 { test.publish(overrun: value) }
        #expect(try await client.next(count: 3).map(\.event.kind) == [.overrun, .overrun, .overrun])
      }
    }
  }

  /// A hundred subscribers who leave, each in its own way, are all noticed once there is something to tell them.
  @Test(arguments: Transport.allCases) func `subscribers that leave leave nothing behind`(transport: Transport)
    async throws
  {
    try await TestServer.run { test in
      let witness = try RawClient(test.path)
      try await witness.send("{\"type\": \"subscribe\", \"data\": {\"events\": []}}\n")
      try await witness.synchronise()
      for round in 0..<100 {
        let client = try test.client(transport)
        // What was read does not come back as a reset: only then is it a quiet end.
        try await client.synchronise()
        if round % 3 == 0 { try await client.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"device\"]}}\n") }
        if round % 3 == 1 { try await client.send("half a li") }
        client.leave()
      }
      for value in 1...2000 where test.server.subscribers > 1 {
        test.publish(overrun: value)
        test.hub.publish(.device(Event.Device(state: .listening, name: "a microphone")))
        try await witness.synchronise()
      }
      #expect(test.server.subscribers == 1)
    }
  }

  /// One whose machine has lost its power says nothing more, ever.
  @Test func `a TCP client is asked whether it is still there`() async throws {
    try await TestServer.run { test in
      let client = try test.client(.tcp)
      try await client.synchronise()
      #expect(try client.isKeptAliveByItsPeer())
    }
  }
}
