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

  /// Of two requests only the later is sure to be done: the microphone may not even have been closed in between.
  @Test func `a request that is overtaken is answered, too`() async throws {
    let microphone = Microphone()
    try await TestServer.run(adapt: microphone.adapt) { test in
      let (first, second) = (try RawClient(test.path), try RawClient(test.path))
      try await first.send("{\"type\": \"pause\"}\n")
      try await first.synchronise()
      try await second.send("{\"type\": \"resume\"}\n")
      #expect(device(try await second.next(count: 2).last) == .listening)
      #expect(failure(try await first.next())?.text == "a request to resume came before the microphone was closed")
      // Of one client's requests each is answered, in order.
      try await first.send("{\"type\": \"pause\"}\n{\"type\": \"resume\"}\n")
      #expect(failure(try await first.next())?.code == .overtaken)
      #expect(device(try await first.next()) == .listening)
      // And the other way round.
      microphone.state.withLock { $0 = .paused }
      try await first.send("{\"type\": \"resume\"}\n")
      try await first.synchronise()
      try await second.send("{\"type\": \"pause\"}\n")
      #expect(device(try await second.next()) == .paused)
      #expect(failure(try await first.next())?.text == "a request to pause came before the microphone was open")
    }
  }

  /// It would get no other device event, and takes the first for its answer.
  @Test func `only a state as asked for is an answer`() async throws {
    let microphone = Microphone()
    try await TestServer.run(adapt: microphone.adapt) { test in
      let client = try RawClient(test.path)
      try await client.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"transcript\"]}}\n")
      microphone.state.withLock { $0 = .paused }
      try await client.send("{\"type\": \"resume\"}\n")
      try await client.synchronise()
      microphone.become(.paused, test)
      microphone.become(.listening, test)
      #expect(device(try await client.next()) == .listening)
    }
  }

  @Test func `an older event is no answer`() async throws {
    let microphone = Microphone()
    let hub = Mutex<EventHub?>(nil)
    func adapt(_ responder: inout EventResponder) {
      microphone.adapt(&responder)
      // On the server's own thread, so that it passes these on only after the requests that have come.
      responder.status = {
        for state in [Event.Device.State.paused, .listening] {
          hub.withLock { $0 }?.publish(.device(Event.Device(state: state, name: "default")))
        }
        return Samples.status
      }
    }
    try await TestServer.run(adapt: adapt) { test in
      hub.withLock { $0 = test.hub }
      let client = try RawClient(test.path)
      try await client.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"transcript\"]}}\n")
      try await client.synchronise()
      try await client.send("{\"type\": \"status\"}\n{\"type\": \"pause\"}\n")
      #expect(try await client.synchronise().map(\.event.kind) == [.status])
      microphone.become(.paused, test)
      #expect(device(try await client.next()) == .paused)
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
