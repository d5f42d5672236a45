import EventFeed
import Events
import JSON
import NIOCore
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct RecordingTests {
  @Test func `a recording is recognised and brings no live events`() async throws {
    try await TestServer.run { test in
      let client = try RawClient(test.path)
      // Published before the server has seen what the client wants: held back, then not for it.
      test.publish(overrun: 1)
      try await client.send(recording(samples: 1234))
      test.publish(overrun: 2)
      let events = try await client.next(count: 2)
      #expect(events[0].event.kind == .hello)
      #expect(events[1].event.count == 1234)
      test.publish(overrun: 3)
      #expect(try await client.synchronise().isEmpty)
    }
  }

  @Test func `recordings of one client are answered in order`() async throws {
    try await TestServer.run { test in
      let client = try RawClient(test.path)
      let counts = [3, 1, 2, 500, 4]
      try await client.send(counts.flatMap { recording(samples: $0) })
      let answers = try await client.synchronise().compactMap(\.event.count)
      #expect(answers == counts)
    }
  }

  @Test func `too many recordings at once are refused`() async throws {
    let (started, startedSignal) = AsyncStream<Void>.makeStream()
    let (release, releaseSignal) = AsyncStream<Void>.makeStream()
    var configuration = EventServer.Configuration.testing
    configuration.maximumRecordings = 1
    try await TestServer.run(
      configuration,
      recogniser: { _ in
        WholeRecording { _ in
          startedSignal.yield()
          for await _ in release { break }
          return [.count(1)]
        }
      },
      { test in
        let (first, second) = (try RawClient(test.path), try RawClient(test.path))
        try await first.send(recording(samples: 10))
        for await _ in started { break }
        try await second.send(recording(samples: 10))
        let refusal = try await second.next(count: 2)[1]
        guard case .error(let failure) = refusal.event else {
          Issue.record("\(refusal) instead of an error")
          return
        }
        #expect(failure.code == .busy)
        // It is one of Wyoming's, which would wait for its transcript for ever.
        #expect(try await second.next()?.event.type == "transcript")
        releaseSignal.yield()
        #expect(try await first.next(count: 2)[1].event.count == 1)
        // The place is free again.
        try await second.send(recording(samples: 10))
        for await _ in started { break }
        releaseSignal.yield()
        #expect(try await second.next()?.event.count == 1)
      })
  }

  /// Home Assistant reads until there is a transcript, whatever else comes.
  @Test func `a Wyoming client is not left waiting when there is no digit`() async throws {
    let refusal = Event.notDetected(Event.NotDetected(reason: .unsure, bestGuess: nil, timing: Samples.timing))
    try await TestServer.run(
      recogniser: { _ in WholeRecording { _ in [refusal] } },
      { test in
        // The client of this package learns of the refusal, and passes over the transcript that has no digit.
        let client = EventClient(path: test.path)
        let answer = try await client.ask(.recording(samples: [0, 0], rate: 16_000)) { event in
          event.kind == .hello ? nil : event
        }
        #expect(answer == refusal)
        // Another's has both.
        let raw = try RawClient(test.path)
        try await raw.send(recording(samples: 10))
        #expect(try await raw.next()?.event.kind == .hello)
        #expect(try await raw.next()?.event == refusal)
        #expect(try await raw.next()?.event == ClientSession.emptyTranscript)
        #expect(try await raw.synchronise().isEmpty)
      })
  }

  @Test func `a recording that takes too long is given up`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.recognitionTimeout = .milliseconds(20)
    try await TestServer.run(
      configuration,
      recogniser: { _ in
        WholeRecording { _ in
          try? await Task.sleep(for: .seconds(3600))  // until it is cancelled
          return [.count(1)]
        }
      },
      { test in
        let client = try RawClient(test.path)
        try await client.send(recording(samples: 10))
        guard case .error(let failure) = try await client.next(count: 2)[1].event else {
          Issue.record("no error")
          return
        }
        #expect(failure.code == .timeout)
        #expect(try await client.next()?.event == ClientSession.emptyTranscript)
        try await client.synchronise()
      })
  }

  @Test func `the client's recording arrives as it was sent`() async throws {
    let received = Mutex<([Float], Int)>(([], 0))
    try await TestServer.run(
      recogniser: { rate in
        WholeRecording { samples in
          received.withLock { $0 = (samples, rate) }
          return [.count(samples.count)]
        }
      },
      { test in
        let samples = (0..<20_000).map { Float($0 % 200) / 100 - 1 }
        let answer = try await EventClient(path: test.path).ask(.recording(samples: samples, rate: 16_000)) { event in
          event.count
        }
        #expect(answer == 20_000)
        let (heard, rate) = received.withLock { $0 }
        #expect(rate == 16_000 && heard.count == samples.count)
        #expect(zip(heard, samples).allSatisfy { abs($0 - $1) < 1e-4 })
      })
  }

  /// Answers each piece that it hears, at once.
  private struct Echo: RecordingRecognising {
    func hear(_ samples: [Float]) async -> [Event] { [.count(samples.count)] }
    func finish() async -> [Event] { [] }
  }

  @Test func `answers come while the recording goes on`() async throws {
    try await TestServer.run(
      recogniser: { _ in Echo() },
      { test in
        // Given a client that never says that its recording is over
        let client = try RawClient(test.path)
        try await client.send(Message(type: "transcribe").encoded())
        try await client.send(Message(type: "audio-start", data: format).encoded())
        #expect(try await client.next()?.event.kind == .hello)
        // Then each of its pieces is heard as it comes, and answered
        for count in [10, 400, 7] {
          try await client.send(chunk(samples: count))
          #expect(try await client.next()?.event.count == count)
        }
        // and what is sent together is answered in order
        try await client.send(chunk(samples: 1) + chunk(samples: 2) + chunk(samples: 3))
        #expect(try await client.synchronise().compactMap(\.event.count) == [1, 2, 3])
        // and the end, with nothing left to answer, says nothing.
        try await client.send(Message(type: "audio-stop").encoded())
        #expect(try await client.synchronise().isEmpty)
      })
  }

  @Test func `a recording without end holds nothing of its sound`() async throws {
    try await TestServer.run(
      recogniser: { _ in Echo() },
      { test in
        let client = try RawClient(test.path)
        try await client.send(Message(type: "audio-start", data: format).encoded())
        _ = try await client.next()
        // 70 s of sound, ten at a time: a minute is heard, then it is told that no more is, and the client stays.
        var answers: [Event] = []
        for _ in 0..<7 {
          try await client.send(chunk(samples: 80_000))
          answers += try await client.synchronise().map(\.event)
        }
        #expect(answers.prefix(6).map(\.count) == Array(repeating: 80_000, count: 6))
        guard case .error(let failure)? = answers.last else {
          Issue.record("no error")
          return
        }
        #expect(answers.count == 7 && failure.code == .tooLarge)
        // Its place is free for another, and for itself.
        try await client.send(Message(type: "audio-stop").encoded() + recording(samples: 5))
        #expect(try await client.next()?.event.count == 5)
      })
  }

  private let format: JSONObject = ["rate": 8000, "width": 2, "channels": 1]

  private func chunk(samples: Int) -> [UInt8] {
    Message(type: "audio-chunk", data: format, payload: [UInt8](repeating: 0, count: samples * 2)).encoded()
  }

  private func recording(samples: Int) -> [UInt8] {
    Message(type: "transcribe").encoded() + Message(type: "audio-start", data: format).encoded()
      + chunk(samples: samples) + Message(type: "audio-stop").encoded()
  }
}
