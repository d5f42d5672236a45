import EventFeed
import Events
import Glibc
import Logging
import NIOCore
import TestSupport
import Testing

@Suite(.serialized) struct EventServerTests {
  @Test func `the first line is hello and events follow in order`() async throws {
    try await TestServer.run { test in
      test.publish(overrun: 1)
      let client = try RawClient(test.path)
      let hello = try await client.next()
      #expect(hello?.event == .hello(Samples.hello))
      #expect(hello?.sequence == 1)
      for value in 2...50 { test.publish(overrun: value) }
      let events = try await client.next(count: 49)
      #expect(events.map(\.sequence) == Array(2...50))
      #expect(events.map(\.event) == (2...50).map { .overrun(Event.Overrun(lostMs: $0)) })
    }
  }

  /// 64 bytes left behind by each event are 50 MB a day for a subscriber that asked for `level`.
  @Test func `nothing is left of an event that was delivered`() async throws {
    try await TestServer.run { test in
      // Given a subscriber that keeps up, for so long that all that is needed has been taken
      let client = try RawClient(test.path)
      _ = try await client.next()
      func deliver(_ count: Int) async throws {
        for value in 1...count {
          test.publish(overrun: value)
          _ = try await client.next()
        }
      }
      try await deliver(2000)
      let before = try privateBytes()
      // When ten times as many events go the same way, each on its own
      try await deliver(20_000)
      // Then they have taken no memory
      #expect(try privateBytes() - before < 512 * 1024)
    }
  }

  @Test func `the socket has its mode and goes away`() async throws {
    let path = try await TestServer.run { test in
      var status = stat()
      #expect(lstat(test.path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o660)
      return test.path
    }
    #expect(access(path, F_OK) != 0)
  }

  @Test func `questions are answered with the last number`() async throws {
    try await TestServer.run { test in
      let client = try RawClient(test.path)
      _ = try await client.next()
      test.publish(overrun: 5)
      _ = try await client.next()
      try await client.send("{\"type\": \"describe\"}\n{\"type\": \"status\"}\n{\"type\": \"ping\"}\nnonsense\n")
      let answers = try await client.next(count: 4)
      #expect(answers.map(\.sequence) == [1, 1, 1, 1])
      #expect(answers[0].event == .info(Samples.info))
      var status = Samples.status
      status.subscribers = 0
      #expect(answers[1].event == .status(status))
      #expect(answers[2].event == .pong(Event.Pong()))
      #expect(answers[3].event.kind == .error)
    }
  }

  @Test(arguments: [Event.Kind.level, .spectrum])
  func `events on demand come only to those who ask`(kind: Event.Kind) async throws {
    let level = try #require(Samples.events.first { $0.kind == kind })
    try await TestServer.run { test in
      let (plain, meter) = (try RawClient(test.path), try RawClient(test.path))
      try await meter.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"\(kind.rawValue)\"]}}\n")
      try await meter.synchronise()
      try await plain.synchronise()
      #expect(Event.Kind.allCases.filter { $0.isOnDemand && test.hub.wants($0) } == [kind])
      test.hub.publish(level)
      test.publish(overrun: 1)
      test.hub.publish(level)
      #expect(try await plain.next()?.event.kind == .overrun)
      #expect(try await meter.next(count: 2).map(\.event) == [level, level])
      // And no longer once it asks for something else.
      try await meter.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"overrun\"]}}\n")
      try await meter.synchronise()
      test.hub.publish(level)
      test.publish(overrun: 2)
      #expect(try await meter.next()?.event == .overrun(Event.Overrun(lostMs: 2)))
      #expect(!test.hub.wants(kind))
      // Nor once it has gone while it wanted them.
      var leaver: RawClient? = try RawClient(test.path)
      try await leaver?.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"\(kind.rawValue)\"]}}\n")
      try await leaver?.synchronise()
      #expect(test.hub.wants(kind))
      leaver = nil
      while test.server.subscribers > 2 { try await plain.synchronise() }
      #expect(!test.hub.wants(kind))
    }
  }

  @Test func `a subscriber that never reads costs the others nothing and learns what it lost`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.queueCapacity = 16
    try await TestServer.run(configuration) { test in
      let (deaf, reader) = (try RawClient(test.path), try RawClient(test.path))
      try await deaf.synchronise()
      try await reader.synchronise()
      let total = 20_000
      var read: [EventEnvelope] = []
      for value in 1...total {
        test.publish(overrun: value)
        if value % 8 == 0 { read += try await reader.next(count: 8) }
      }
      #expect(read.map(\.sequence) == Array(1...total))
      // Now the deaf one reads: each number is there or counted where it is missing.
      let dropped = try await deaf.accountForAll(upTo: total)
      // The counter is brought up to date with each delivery and each question.
      try await deaf.send("{\"type\": \"status\"}\n")
      guard case .status(let status)? = try await deaf.next()?.event else {
        Issue.record("no status")
        return
      }
      #expect(status.dropped == Samples.status.dropped + dropped)
    }
  }

  @Test func `a thousand subscribers all get everything`() async throws {
    // Descriptors for both ends of each.
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = min(limit.rlim_max, 4096)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    let count = limit.rlim_cur >= 2100 ? 1000 : Int(limit.rlim_cur) / 2 - 50
    try await TestServer.run { test in
      let clients = try (0..<count).map { _ in try RawClient(test.path) }
      for client in clients { try await client.synchronise() }
      #expect(test.server.subscribers == count)
      for value in 1...20 { test.publish(overrun: value) }
      for client in clients { #expect(try await client.next(count: 20).map(\.sequence) == Array(1...20)) }
    }
  }

  @Test func `connections over the limit get an error and are closed`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.maximumConnections = 2
    try await TestServer.run(configuration) { test in
      let clients = [try RawClient(test.path), try RawClient(test.path)]
      for client in clients { try await client.synchronise() }
      let third = try RawClient(test.path)
      guard case .error(let failure)? = try await third.next()?.event else {
        Issue.record("no error")
        return
      }
      #expect(failure.code == .busy)
      #expect(try await third.next() == nil)
      for client in clients { try await client.synchronise() }
    }
  }

  @Test func `connecting and leaving leaves nothing behind`() async throws {
    try await TestServer.run { test in
      let witness = try RawClient(test.path)
      for round in 0..<1000 {
        let client = try RawClient(test.path)
        if round % 3 == 0 { try await client.send("{\"type\": \"subscribe\", \"data\": {\"events\": [\"level\"]}}\n") }
        if round % 3 == 1 { try await client.send("half a li") }
      }
      // The last ones have left when the server has seen it: ask until it says so (each answer is an event, not a sleep).
      var subscribers = 1000
      for _ in 0..<2000 where subscribers > 0 {
        try await witness.send("{\"type\": \"status\"}\n")
        var answer = try await witness.next()?.event
        while let event = answer, event.kind != .status { answer = try await witness.next()?.event }
        guard case .status(let status)? = answer else { break }
        subscribers = status.subscribers
      }
      // Whoever asks is not counted.
      #expect(subscribers == 0)
    }
  }

  @Test func `random bytes are answered with an error and hurt nobody else`() async throws {
    try await TestServer.run { test in
      let other = try RawClient(test.path)
      try await other.synchronise()
      // 10 MB without a newline, then a sensible line.
      let long = try RawClient(test.path)
      let chunk = [UInt8](repeating: 0x78, count: 1 << 20)
      for _ in 0..<10 { try await long.send(chunk) }
      try await long.send("\n")
      let events = try await long.synchronise()
      #expect(events.contains { if case .error(let failure) = $0.event { failure.code == .tooLarge } else { false } })
      // Binary noise: errors, then the connection ends.
      var generator = SeededGenerator(seed: 30)
      let noisy = try RawClient(test.path)
      for _ in 0..<50 {
        let noise = (0..<10_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        guard try await noisy.send(noise) else { break }
      }
      var kinds: [Event.Kind?] = []
      while let event = try await noisy.next() { kinds.append(event.event.kind) }
      #expect(kinds.first == .hello)
      #expect(kinds.count > 1 && kinds.dropFirst().allSatisfy { $0 == .error })
      test.publish(overrun: 1)
      #expect(try await other.next()?.event.kind == .overrun)
    }
  }

  @Test func `a client that asks and never reads is not read from either`() async throws {
    try await TestServer.run { test in
      let rude = try RawClient(test.path)
      let ping = Array("{\"type\": \"ping\", \"data\": {\"text\": \"\(String(repeating: "x", count: 900))\"}}\n".utf8)
      // More than all the buffers on the way can hold.
      for _ in 0..<200 { rude.sendWithoutWaiting(ping) }
      for _ in 0..<4000 { rude.sendWithoutWaiting(ping) }
      let other = try RawClient(test.path)
      try await other.synchronise()
      test.publish(overrun: 1)
      #expect(try await other.next()?.event.kind == .overrun)
    }
  }

  @Test func `the last events are written before the end`() async throws {
    try await withTemporaryFolder { folder in
      let hub = EventHub()
      let responder = EventResponder(
        hello: { Samples.hello }, info: { Samples.info }, status: { Samples.status },
        recogniser: { _ in WholeRecording() })
      let server = try await EventServer.start(
        on: try ListeningSocket.make(path: "\(folder)/s"), hub: hub, responder: responder, logger: .init(label: "test"))
      let clients = try (0..<3).map { _ in try RawClient("\(folder)/s") }
      for client in clients { try await client.synchronise() }
      for value in 1...100 { hub.publish(.overrun(Event.Overrun(lostMs: value))) }
      async let end: Void = server.shutdown()
      for client in clients {
        #expect(try await client.next(count: 100).last?.sequence == 100)
        #expect(try await client.next() == nil)
      }
      await end
      #expect(access("\(folder)/s", F_OK) != 0)
      #expect(server.subscribers == 0)
    }
  }
}
