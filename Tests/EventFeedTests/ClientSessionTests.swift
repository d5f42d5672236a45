import EventFeed
import Events
import JSON
import TestSupport
import Testing

@Suite struct ClientSessionTests {
  private func message(_ type: String, _ data: JSONObject = [:], payload: [UInt8] = []) -> MessageParser.Output {
    .message(Message(type: type, data: data, payload: payload))
  }

  private func failure(_ actions: [ClientSession.Action]) -> Event.Failure? {
    for case .answer(.error(let failure)) in actions { return failure }
    return nil
  }

  private let format: JSONObject = ["rate": 8000, "width": 2, "channels": 1]

  @Test func questionsAreAnswered() {
    var session = ClientSession()
    #expect(session.receive(message("describe")) == [.tell(.info)])
    #expect(session.receive(message("status")) == [.tell(.status)])
    #expect(session.receive(message("ping", ["text": "x"])) == [.answer(.pong(Event.Pong(text: "x")))])
    #expect(session.receive(message("ping")) == [.answer(.pong(Event.Pong()))])
    #expect(session.receive(message("pause")) == [.pause(true)])
    #expect(session.receive(message("resume")) == [.pause(false)])
  }

  @Test func aRequestThatIsUnknownIsAnsweredAndEndsNothing() {
    var session = ClientSession()
    for _ in 0..<100 {
      let actions = session.receive(message("select-program", ["name": "digitd"]))
      #expect(actions.count == 1 && failure(actions)?.text == "there is no request \"select-program\"")
    }
    #expect((failure(session.receive(message(String(repeating: "a", count: 1000))))?.text.utf8.count ?? 0) < 100)
  }

  @Test func subscribingTakesAListOrNothing() {
    var session = ClientSession()
    func subscribed(_ names: [String]) -> ClientSession.Action { .answer(.subscribed(Event.Subscribed(events: names))) }
    let all = session.receive(message("subscribe"))
    #expect(all.first == .subscribe(.standard))
    #expect(all.last == subscribed(Event.Kind.allCases.filter { $0.isBroadcast && !$0.isOnDemand }.map(\.rawValue)))
    #expect(
      session.receive(message("subscribe", ["events": ["transcript", "level", "no-such"]])) == [
        .subscribe(EventFilter([.transcript, .level])), subscribed(["transcript", "level"]),
      ])
    #expect(session.receive(message("subscribe", ["events": []])) == [.subscribe(.nothing), subscribed([])])
    #expect(failure(session.receive(message("subscribe", ["events": "transcript"])))?.code == .badRequest)
    #expect(failure(session.receive(message("subscribe", ["events": [1]])))?.code == .badRequest)
  }

  @Test func whoNamesNoEventThatThereIsIsTold() {
    var session = ClientSession()
    let told = failure(session.receive(message("subscribe", ["events": ["transcripts"]])))
    #expect(told?.code == .badRequest)
    #expect(told?.text.contains("voice-started, voice-stopped, transcript,") == true)
  }

  @Test func aRecordingIsMixedDownAndRecognised() {
    var session = ClientSession()
    #expect(session.receive(message("transcribe")) == [.subscribe(.nothing)])
    let stereo: JSONObject = ["rate": 16_000, "width": 2, "channels": 2]
    #expect(session.receive(message("audio-start", stereo)) == [.subscribe(.nothing)])
    #expect(session.isRecording)
    // Two frames, cut inside the second: (0.5, −0.5) and (0.25, 0.75).
    let bytes: [UInt8] = [0x00, 0x40, 0x00, 0xC0, 0x00, 0x20, 0x00, 0x60]
    #expect(session.receive(message("audio-chunk", stereo, payload: Array(bytes[..<5]))).isEmpty)
    #expect(session.receive(message("audio-chunk", stereo, payload: Array(bytes[5...]))).isEmpty)
    #expect(session.receive(message("audio-stop")) == [.recognise(samples: [0, 0.5], rate: 16_000)])
    #expect(session.isRecognising)
    session.recognised()
    #expect(!session.isRecognising && !session.isRecording)
  }

  @Test func wideSamplesAreRead() {
    var session = ClientSession()
    _ = session.receive(message("audio-start", ["rate": 8000, "width": 4, "channels": 1]))
    _ = session.receive(message("audio-chunk", payload: [0, 0, 0, 0x80, 0, 0, 0, 0x40]))
    #expect(session.receive(message("audio-stop")) == [.recognise(samples: [-1, 0.5], rate: 8000)])
  }

  @Test func whoSubscribedKeepsItsEventsWhileRecording() {
    var session = ClientSession()
    _ = session.receive(message("subscribe", ["events": ["transcript"]]))
    #expect(session.receive(message("transcribe")).isEmpty)
    #expect(session.receive(message("audio-start", format)).isEmpty)
  }

  @Test(
    arguments: [
      (["rate": 8000, "width": 2], "channels"), (["rate": 8000, "width": 3, "channels": 1], "width"),
      (["rate": 0, "width": 2, "channels": 1], "rate"), (["rate": 8000, "width": 2, "channels": 1000], "channels"),
      (["rate": "8000", "width": 2, "channels": 1], "rate"),
    ] as [(JSONObject, String)])
  func aFormatThatCannotBeIsRefusedUpToItsEnd(format: JSONObject, field: String) {
    var session = ClientSession()
    #expect(failure(session.receive(message("audio-start", format)))?.text.contains(field) == true)
    #expect(session.receive(message("audio-chunk", payload: [0, 0])).isEmpty)
    #expect(session.receive(message("audio-stop")).isEmpty)
    #expect(session.receive(message("audio-start", self.format)).contains(.subscribe(.nothing)))
  }

  /// A Wyoming client waits for its transcript, whatever else comes: also where its recording was refused.
  @Test func whoWaitsForATranscriptOfARefusedRecordingGetsAnEmptyOne() {
    for (start, isBusy) in [(["rate": 0, "width": 2, "channels": 1], false), (format, true)] as [(JSONObject, Bool)] {
      var session = ClientSession()
      _ = session.receive(message("transcribe"))
      var actions = session.receive(message("audio-start", start))
      if isBusy { actions += session.refuseRecording(Event.Failure(text: "no", code: .busy)) }
      #expect(failure(actions) != nil)
      #expect(session.receive(message("audio-chunk", payload: [0, 0])).isEmpty)
      #expect(session.receive(message("audio-stop")) == [.answer(ClientSession.emptyTranscript)])
      // Once: nobody waits any more.
      #expect(!session.awaitsTranscript)
    }
    var session = ClientSession()
    _ = session.receive(message("transcribe"))
    let answers = session.receive(message("audio-stop"))
    #expect(failure(answers) != nil && answers.last == .answer(ClientSession.emptyTranscript))
  }

  @Test func aRecordingOverTheLimitIsRefused() {
    var limits = ClientSession.Limits()
    limits.recording.seconds = 1
    var session = ClientSession(limits: limits)
    _ = session.receive(message("audio-start", format))
    #expect(session.receive(message("audio-chunk", payload: [UInt8](repeating: 0, count: 16_000))).isEmpty)
    #expect(failure(session.receive(message("audio-chunk", payload: [0, 0])))?.code == .tooLarge)
    #expect(!session.isRecording)
    #expect(session.receive(message("audio-stop")).isEmpty)
  }

  /// A minute in chunks of 2 ms: with a copy for each of them that is 29 GB moved.
  @Test func aRecordingGrowsInFewSteps() throws {
    let limits = Recording.Limits()
    var recording = Recording(format: try Recording.Format(format, limits: limits), limits: limits)
    let chunk = [UInt8](repeating: 0, count: 32)
    var sizes: Set<Int> = []
    for _ in 0..<30_000 {
      try recording.append(chunk)
      sizes.insert(recording.bytesHeld)
    }
    #expect(recording.samples.count == 480_000)
    #expect(sizes.count < 50)
    // In the end no more is held than may come.
    #expect(recording.bytesHeld <= 480_000 * MemoryLayout<Float>.stride * 11 / 10)
  }

  @Test func soundWithoutAStartIsRefused() {
    var session = ClientSession()
    #expect(failure(session.receive(message("audio-stop")))?.code == .badRequest)
    #expect(failure(session.receive(message("audio-chunk", payload: [0])))?.code == .badRequest)
  }

  @Test func nonsenseIsAnsweredAndTooMuchOfItEnds() {
    var session = ClientSession()
    let violation = MessageParser.Violation(
      failure: Event.Failure(text: "no", code: .badRequest), isFatal: false)
    for _ in 0..<15 { #expect(session.receive(.violation(violation)) == [.answer(.error(violation.failure))]) }
    _ = session.receive(message("ping"))
    for _ in 0..<15 { #expect(session.receive(.violation(violation)).count == 1) }
    #expect(session.receive(.violation(violation)).last == .close)
    let fatal = MessageParser.Violation(failure: violation.failure, isFatal: true)
    var other = ClientSession()
    #expect(other.receive(.violation(fatal)) == [.answer(.error(violation.failure)), .close])
  }
}
