import EventFeed
import Events
import Synchronization
import TestSupport
import Testing

/// `pause` and `resume` on the socket.
@Suite(.serialized) struct PauseRequestTests {
  /// A microphone that is paused and resumed at once, and says so.
  private final class Microphone: Sendable {
    let state = Mutex(Event.Device.State.listening)
    let wishes = Mutex<[Bool]>([])

    func adapt(_ responder: inout EventResponder) {
      responder.hello = { [self] in
        var hello = Samples.hello
        hello.state = state.withLock { $0 }
        return hello
      }
      responder.pause = { [self] isPaused in
        wishes.withLock { $0.append(isPaused) }
        return true
      }
    }

    /// It is done, and told.
    func become(_ new: Event.Device.State, _ test: TestServer) {
      state.withLock { $0 = new }
      test.hub.publish(.device(Event.Device(state: new, name: "default")))
    }
  }

  private func device(_ envelope: EventEnvelope?) -> Event.Device.State? {
    if case .device(let device)? = envelope?.event { device.state } else { nil }
  }

  private func failure(_ envelope: EventEnvelope?) -> Event.Failure? {
    if case .error(let failure)? = envelope?.event { failure } else { nil }
  }

  @Test func `a pause is answered by the device event`() async throws {
    let microphone = Microphone()
    try await TestServer.run(adapt: microphone.adapt) { test in
      let client = try RawClient(test.path)
      try await client.send("{\"type\": \"pause\"}\n")
      // Nothing is told before it is done.
      #expect(try await client.synchronise().map(\.event.kind) == [.hello])
      #expect(microphone.wishes.withLock { $0 } == [true])
      microphone.become(.paused, test)
      #expect(device(try await client.next()) == .paused)
      try await client.send("{\"type\": \"resume\"}\n")
      try await client.synchronise()
      microphone.become(.lost, test)
      #expect(device(try await client.next()) == .lost)
      #expect(microphone.wishes.withLock { $0 } == [true, false])
    }
  }

  @Test func `a subscriber of other events is answered too, once`() async throws {
    let microphone = Microphone()
    try await TestServer.run(adapt: microphone.adapt) { test in
      let client = try RawClient(test.path)
      try await client.send(
        "{\"type\": \"subscribe\", \"data\": {\"events\": [\"transcript\"]}}\n{\"type\": \"pause\"}\n")
      try await client.synchronise()
      microphone.become(.paused, test)
      microphone.become(.listening, test)
      #expect(device(try await client.next()) == .paused)
      #expect(try await client.synchronise().isEmpty)
    }
  }

  @Test func `a request for the present state is answered at once`() async throws {
    let microphone = Microphone()
    try await TestServer.run(adapt: microphone.adapt) { test in
      let client = try RawClient(test.path)
      try await client.send("{\"type\": \"resume\"}\n")
      #expect(device(try await client.next(count: 2).last) == .listening)
    }
  }

  @Test func `a file cannot be paused`() async throws {
    try await TestServer.run { test in
      let client = try RawClient(test.path)
      try await client.send("{\"type\": \"pause\"}\n")
      #expect(failure(try await client.next(count: 2).last)?.code == .unavailable)
    }
  }

  @Test(arguments: [false, true]) func `over TCP a pause needs a setting`(allows: Bool) async throws {
    let microphone = Microphone()
    var configuration = EventServer.Configuration.testing
    configuration.allowsPauseOverTCP = allows
    try await TestServer.run(configuration, adapt: microphone.adapt) { test in
      let client = try test.client(.tcp)
      try await client.send("{\"type\": \"pause\"}\n")
      let told = try await client.synchronise()
      #expect(microphone.wishes.withLock { $0 } == (allows ? [true] : []))
      #expect(failure(told.last)?.text.contains("--allow-tcp-pause") == (allows ? nil : true))
    }
  }

  @Test func `a subscription is acknowledged`() async throws {
    try await TestServer.run { test in
      let client = try RawClient(test.path)
      client.passesOverSubscribed = false
      try await client.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"level\", \"transcript\"]}}\n")
      let answer = try await client.next(count: 2).last?.event
      #expect(answer == .subscribed(Event.Subscribed(events: ["transcript", "level"])))
    }
  }
}
