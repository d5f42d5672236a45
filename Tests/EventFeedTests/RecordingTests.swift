import EventFeed
import Events
import JSON
import NIOCore
import Synchronization
import TestSupport
import Testing

@Suite(.serialized) struct RecordingTests {
  @Test func aRecordingIsRecognisedAndBringsNoLiveEvents() async throws {
    try await TestServer.run { test in
      let client = try RawClient(test.path)
      // Published before the server has seen what the client wants: held back, then not for it.
      test.publish(overrun: 1)
      try await client.send(recording(samples: 1234))
      test.publish(overrun: 2)
      let events = try await client.next(count: 2)
      #expect(events[0].event.kind == .hello)
      guard case .transcript(let transcript) = events[1].event else {
        Issue.record("\(events[1]) instead of a transcript")
        return
      }
      #expect(transcript.guess.digit == 1234)
      test.publish(overrun: 3)
      #expect(try await client.synchronise().isEmpty)
    }
  }

  @Test func recordingsOfOneClientAreAnsweredInOrder() async throws {
    try await TestServer.run { test in
      let client = try RawClient(test.path)
      let counts = [3, 1, 2, 500, 4]
      try await client.send(counts.flatMap { recording(samples: $0) })
      let answers = try await client.synchronise().compactMap { envelope in
        if case .transcript(let transcript) = envelope.event { transcript.guess.digit } else { nil }
      }
      #expect(answers == counts)
    }
  }

  @Test func tooManyAtOnceAreTurnedAway() async throws {
    let (started, startedSignal) = AsyncStream<Void>.makeStream()
    let (release, releaseSignal) = AsyncStream<Void>.makeStream()
    var configuration = EventServer.Configuration()
    configuration.maximumRecordings = 1
    try await TestServer.run(
      configuration,
      recognise: { _, _ in
        startedSignal.yield()
        for await _ in release { break }
        return .pong(Event.Pong(text: "done"))
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
        #expect(try await first.next(count: 2)[1].event == .pong(Event.Pong(text: "done")))
        // The place is free again.
        try await second.send(recording(samples: 10))
        for await _ in started { break }
        releaseSignal.yield()
        #expect(try await second.next()?.event == .pong(Event.Pong(text: "done")))
      })
  }

  /// Home Assistant reads until there is a transcript, whatever else comes.
  @Test(arguments: [true, false]) func aWyomingClientIsNotLeftWaitingWhenThereIsNoDigit(transcribes: Bool) async throws
  {
    let refusal = Event.notDetected(Event.NotDetected(reason: .unsure, bestGuess: nil, timing: Samples.timing))
    try await TestServer.run(
      recognise: { _, _ in refusal },
      { test in
        // The client of this package learns of the refusal, and passes over the transcript that has no digit.
        let client = EventClient(path: test.path)
        let answer = try await client.ask(.recording(samples: [0, 0], rate: 16_000)) { event in
          event.kind == .hello ? nil : event
        }
        #expect(answer == refusal)
        // Another's has both, if it said that it is one of Wyoming's: what it gets then is no transcript but for those.
        let raw = try RawClient(test.path)
        let whole = recording(samples: 10)
        let start = (whole.firstIndex(of: UInt8(ascii: "\n")) ?? 0) + 1
        try await raw.send(Array(transcribes ? whole[...] : whole[start...]))
        #expect(try await raw.next()?.event.kind == .hello)
        #expect(try await raw.next()?.event == refusal)
        if transcribes {
          let empty = Event.recordingTranscript(Event.RecordingTranscript(number: nil))
          #expect(try await raw.next()?.event == empty)
        }
        #expect(try await raw.synchronise().isEmpty)
      })
  }

  @Test func whatTakesTooLongIsGivenUp() async throws {
    var configuration = EventServer.Configuration()
    configuration.recognitionTimeout = .milliseconds(20)
    try await TestServer.run(
      configuration,
      recognise: { _, _ in
        try? await Task.sleep(for: .seconds(3600))  // until it is cancelled
        return .pong(Event.Pong())
      },
      { test in
        let client = try RawClient(test.path)
        try await client.send(recording(samples: 10))
        guard case .error(let failure) = try await client.next(count: 2)[1].event else {
          Issue.record("no error")
          return
        }
        #expect(failure.code == .timeout)
        #expect(try await client.next()?.event.type == "transcript")
        try await client.synchronise()
      })
  }

  @Test func theClientsRecordingArrivesAsItWasSent() async throws {
    let received = Mutex<([Float], Int)>(([], 0))
    try await TestServer.run(
      recognise: { samples, rate in
        received.withLock { $0 = (samples, rate) }
        return .pong(Event.Pong(text: "heard"))
      },
      { test in
        let samples = (0..<20_000).map { Float($0 % 200) / 100 - 1 }
        let answer = try await EventClient(path: test.path).ask(.recording(samples: samples, rate: 16_000)) { event in
          event.kind == .pong ? event : nil
        }
        #expect(answer == .pong(Event.Pong(text: "heard")))
        let (heard, rate) = received.withLock { $0 }
        #expect(rate == 16_000 && heard.count == samples.count)
        #expect(zip(heard, samples).allSatisfy { abs($0 - $1) < 1e-4 })
      })
  }

  private func recording(samples: Int) -> [UInt8] {
    let format: JSONObject = ["rate": 8000, "width": 2, "channels": 1]
    return Message(type: "transcribe").encoded() + Message(type: "audio-start", data: format).encoded()
      + Message(type: "audio-chunk", data: format, payload: [UInt8](repeating: 0, count: samples * 2)).encoded()
      + Message(type: "audio-stop").encoded()
  }
}
