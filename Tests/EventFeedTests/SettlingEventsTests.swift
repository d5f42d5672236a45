import EventFeed
import Events
import NIOCore
import TestSupport
import Testing

/// What a new client misses before it has said what it wants.
@Suite(.timeLimit(.minutes(1))) struct SettlingEventsTests {
  /// The server waits for the client's first message, however long that takes.
  private static let patient: EventServer.Configuration = {
    var configuration = EventServer.Configuration.testing
    configuration.settling = .hours(1)
    configuration.queueCapacity = 256
    return configuration
  }()

  private func run(_ body: (TestServer, RawClient) async throws -> Void) async throws {
    try await TestServer.run(Self.patient) { test in
      let (client, witness) = (try RawClient(test.path), try RawClient(test.path))
      #expect(try await client.next()?.event.kind == .hello)
      try await witness.synchronise()
      for value in 1...1000 { test.publish(overrun: value) }
      // When it has answered this, the events have come to the other client, too.
      _ = try await witness.next(count: 1)
      try await witness.synchronise()
      try await body(test, client)
    }
  }

  @Test func `events that find no room are reported by dropped`() async throws {
    try await run { test, client in
      try await client.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"overrun\", \"dropped\"]}}\n")
      #expect(try await client.accountForAll(upTo: 1000) >= 744)
    }
  }

  @Test func `lost events that the client did not want are not reported`() async throws {
    try await run { test, client in
      try await client.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"transcript\", \"dropped\"]}}\n")
      #expect(try await client.synchronise().isEmpty)
    }
  }
}
