import EventFeed
import Events
import Glibc
import JSON
import NIOCore
import TestSupport
import Testing

/// Subscribers that do their worst: each is bounded, and none costs another an event.
@Suite(.serialized, .timeLimit(.minutes(3))) struct BadSubscriberTests {
  @Test func `a client that stops in the middle of a line is closed`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.messageTimeout = .milliseconds(50)
    try await TestServer.run(configuration) { test in
      let (patient, stalled) = (try RawClient(test.path), try RawClient(test.path))
      try await patient.synchronise()
      try await stalled.send("{\"type\": \"ping\"}\n{\"type\": \"subsc")
      // It gets what it asked for before, is told why, and is gone.
      var answers: [Event] = []
      while let envelope = try await stalled.next() { answers.append(envelope.event) }
      #expect(answers.dropLast().map(\.kind) == [.hello, .pong])
      guard case .error(let failure)? = answers.last else {
        Issue.record("it was not told")
        return
      }
      #expect(failure.code == .timeout)
      // One that has said all it had to say, longer ago, stays.
      try await patient.synchronise()
      #expect(test.server.subscribers == 1)
    }
  }

  /// The only place for a recording is taken by one that goes on asking, or sends chunks without sound.
  @Test(arguments: [[], Message(type: "audio-chunk").encoded()])
  func `a recording that stalls is ended and its place is free`(more: [UInt8]) async throws {
    var configuration = EventServer.Configuration.testing
    configuration.messageTimeout = .milliseconds(50)
    configuration.maximumRecordings = 1
    try await TestServer.run(configuration) { test in
      let format: JSONObject = ["rate": 8000, "width": 2, "channels": 1]
      let start = Message(type: "audio-start", data: format).encoded()
      let stalled = try RawClient(test.path)
      try await stalled.send(start)
      var answers: [Event] = []
      while let envelope = try await stalled.next() {
        answers.append(envelope.event)
        try await stalled.send(more + Message(type: "ping").encoded())
      }
      guard case .error(let failure)? = answers.last else {
        Issue.record("it was not told")
        return
      }
      #expect(failure.code == .timeout && failure.text.hasPrefix("a recording was begun, and nothing more"))
      let other = try RawClient(test.path)
      try await other.send(start + Message(type: "audio-stop").encoded())
      #expect(try await other.next(count: 2).last?.event.type == "transcript")
    }
  }

  /// A sample now and then, or a beginning without an end, would hold the place for ever.
  @Test(arguments: [Message(type: "audio-chunk", payload: [0, 0]), Message(type: "audio-start", data: format)])
  func `a recording may take only so long`(more: Message) async throws {
    var configuration = EventServer.Configuration.testing
    configuration.recordingTime = .milliseconds(50)
    configuration.maximumRecordings = 1
    try await TestServer.run(configuration) { test in
      let start = Message(type: "audio-start", data: Self.format).encoded()
      let endless = try RawClient(test.path)
      try await endless.send(start)
      var last: Event?
      while let envelope = try await endless.next() {
        last = envelope.event
        try await endless.send(more.encoded() + Message(type: "ping").encoded())
      }
      guard case .error(let failure)? = last else {
        Issue.record("it was not told")
        return
      }
      #expect(failure.code == .timeout && failure.text.hasPrefix("a recording was begun, and is not over"))
      let other = try RawClient(test.path)
      try await other.send(start + Message(type: "audio-stop").encoded())
      #expect(try await other.next(count: 2).last?.event.type == "transcript")
    }
  }

  private static let format: JSONObject = ["rate": 8000, "width": 2, "channels": 1]

  /// It asks, and reads nothing while far more is published than its queue holds.
  @Test func `answers outlast events`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.queueCapacity = 16
    try await TestServer.run(configuration) { test in
      let (asking, witness) = (try RawClient(test.path), try RawClient(test.path))
      try await asking.synchronise()
      try await witness.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"transcript\"]}}\n")
      for value in 1...2000 { test.publish(overrun: value) }
      for _ in 0..<200 { try await asking.send("{\"type\": \"ping\", \"data\": {\"text\": \"asked\"}}\n") }
      for value in 2001...4000 { test.publish(overrun: value) }
      try await witness.synchronise()
      var (answers, last) = (0, 0)
      while answers < 200 || last < 4000, let envelope = try await asking.next() {
        if envelope.event == .pong(Event.Pong(text: "asked")) { answers += 1 }
        last = max(last, envelope.sequence)
      }
      #expect(answers == 200)
      #expect(test.server.dropped > 0)
    }
  }

  /// Each announces a megabyte and sends most of it: a thousand of them would be a gigabyte.
  @Test func `payloads that nobody asked for take no memory`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.maximumBytesHeld = 256 << 10
    try await TestServer.run(configuration) { test in
      let payload = [UInt8](repeating: 0, count: 1 << 20)
      let types = ["audio-chunk", "photograph"]
      let clients = try types.map { type in (type, try RawClient(test.path)) }
      for (type, client) in clients {
        try await client.send(Array(Message(type: type, payload: payload).encoded().dropLast(9)))
      }
      for (type, client) in clients {
        try await client.send([UInt8](repeating: 0, count: 9))
        let answers = try await client.synchronise().dropFirst()
        #expect(answers.map(\.event.kind) == [.error], "\(type)")
      }
    }
  }

  @Test func `the memory of all clients together is limited`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.maximumBytesHeld = 512 << 10
    try await TestServer.run(configuration) { test in
      let format: JSONObject = ["rate": 48_000, "width": 2, "channels": 1]
      let start = Message(type: "audio-start", data: format).encoded()
      func sound(_ samples: Int) -> [UInt8] {
        Message(type: "audio-chunk", payload: [UInt8](repeating: 0, count: samples * 2)).encoded()
      }
      // What one has sent was heard, and is held no more.
      let first = try RawClient(test.path)
      try await first.send(start + sound(40_000))
      try await first.synchronise()
      // A chunk that is heard just now, or a message that is not whole, is too much: it is told, and let go.
      for input in [start + sound(150_000), start + sound(400_000).dropLast(1)] {
        let second = try RawClient(test.path)
        try await second.send(input)
        var last: Event?
        while let envelope = try await second.next() { last = envelope.event }
        guard case .error(let failure)? = last else {
          Issue.record("it was not told")
          return
        }
        #expect(failure.code == .busy)
      }
      // What it had is free again, the first has lost nothing, and both of them are served.
      let third = try RawClient(test.path)
      let stop = Message(type: "audio-stop").encoded()
      try await third.send(start + sound(40_000) + stop)
      #expect(try await third.next(count: 2).last?.event.type == "transcript")
      try await first.send(stop)
      #expect(try await first.next()?.event.type == "transcript")
    }
  }

  @Test func `a message in many pieces is waited for`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.messageTimeout = .seconds(20)
    try await TestServer.run(configuration) { test in
      let client = try RawClient(test.path)
      for byte in "{\"type\": \"ping\", \"data\": {\"text\": \"slow\"}}\n".utf8 { try await client.send([byte]) }
      #expect(try await client.next(count: 2).last?.event == .pong(Event.Pong(text: "slow")))
    }
  }

  /// For each byte that it reads, an event comes: a hundred times as much as it takes.
  @Test func `a subscriber that reads a byte at a time learns what it lost`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.queueCapacity = 16
    try await TestServer.run(configuration) { test in
      let slow = try RawClient(test.path)
      try await slow.synchronise()
      let total = 20_000
      for value in 1...total {
        test.publish(overrun: value)
        if value % 10 == 0 { try await slow.take(bytes: 10) }
      }
      try await slow.accountForAll(upTo: total)
    }
  }

  @Test func `a subscriber that keeps up loses nothing, however badly others behave`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.messageTimeout = .milliseconds(200)
    try await TestServer.run(configuration) { test in
      let good = try RawClient(test.path)
      try await good.synchronise()
      let deaf = try (0..<50).map { _ in try RawClient(test.path) }
      let slow = try RawClient(test.path)
      try await slow.synchronise()
      let stalled = try (0..<20).map { _ in try RawClient(test.path) }
      for client in stalled { try await client.send("{\"type\": \"sub") }
      let (long, noisy) = (try RawClient(test.path), try RawClient(test.path))
      // With events waiting for it that it does not read, it would not be read from either.
      try await long.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"device\"]}}\n")
      let line = [UInt8](repeating: UInt8(ascii: "{"), count: 1 << 20)
      var generator = SeededGenerator(seed: 5)

      // In each round 100 events, while somebody connects and leaves, asks without reading, sends a megabyte of a line, …
      for round in 0..<50 {
        for value in 1...100 { test.publish(overrun: round * 100 + value) }
        for _ in 0..<20 { _ = try RawClient(test.path) }
        if round % 5 == 0 { try await long.send(line) }
        noisy.sendWithoutWaiting((0..<1000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        for client in deaf { client.sendWithoutWaiting(Array("{\"type\": \"status\"}\n".utf8)) }
        try await slow.take(bytes: 1)
        #expect(try await good.next(count: 100).map(\.sequence) == Array((round * 100 + 1)...(round * 100 + 100)))
      }
      try await slow.accountForAll(upTo: 5000)
      withExtendedLifetime((deaf, stalled, long, noisy)) {}
    }
  }

  /// What the kernel keeps for one that does not read counts as the daemon's memory.
  @Test func `little waits for a subscriber that does not read`() async throws {
    try await TestServer.run { test in
      let (witness, sleeper) = (try RawClient(test.path), try RawClient(test.path))
      try await sleeper.synchronise()
      let text = String(repeating: "x", count: 4000)
      let long = Event.transcript(
        Event.Transcript(
          guess: Event.Guess(text: text, digit: 0, confidence: 1, probabilities: []), timing: Samples.timing))
      for _ in 0..<20_000 where test.server.dropped == 0 {
        test.hub.publish(long)
        try await witness.synchronise()
      }
      #expect(test.server.dropped > 0)
      var before = 0
      while let event = try await sleeper.next()?.event, event.kind != .dropped { before += 1 }
      // 32 KiB there and as much in the server, of 4 KiB each; with Linux's usual buffer some forty.
      #expect(before > 0 && before < 25, "\(before)")
    }
  }
}
