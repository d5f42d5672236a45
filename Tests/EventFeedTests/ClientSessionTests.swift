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

  @Test func `questions are answered`() {
    var session = ClientSession()
    #expect(session.receive(message("describe")) == [.report(.info)])
    #expect(session.receive(message("status")) == [.report(.status)])
    #expect(session.receive(message("ping", ["text": "x"])) == [.answer(.pong(Event.Pong(text: "x")))])
    // Cut at the limit, and where a character ends.
    let long = String(repeating: "x", count: 1023) + "ä"
    #expect(
      session.receive(message("ping", ["text": .string(long)]))
        == [.answer(.pong(Event.Pong(text: String(repeating: "x", count: 1023))))])
    #expect(session.receive(message("ping")) == [.answer(.pong(Event.Pong()))])
    #expect(session.receive(message("pause")) == [.pause(true)])
    #expect(session.receive(message("resume")) == [.pause(false)])
  }

  @Test func `a request that is unknown is answered and ends nothing`() {
    var session = ClientSession()
    for _ in 0..<100 {
      let actions = session.receive(message("select-program", ["name": "digitd"]))
      #expect(actions.count == 1 && failure(actions)?.text == "there is no request \"select-program\"")
    }
    #expect((failure(session.receive(message(String(repeating: "a", count: 1000))))?.text.utf8.count ?? 0) < 100)
  }

  @Test func `subscribing takes a list or nothing`() {
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

  /// It would get everything instead of what it asked for.
  @Test(arguments: [
    ("subscribe", "\"events\": [\"transcript\"]", "events"), ("ping", "\"text\": \"x\"", "text"),
    ("audio-start", "\"rate\": 8000, \"width\": 2, \"channels\": 1", "rate"),
    ("audio-chunk", "\"channels\": 2", "channels"),
  ])
  func `data in the wrong place is an error`(type: String, fields: String, named: String) throws {
    var parser = MessageParser()
    let output = try #require(parser.push(Array("{\"type\": \"\(type)\", \(fields)}\n".utf8)).first)
    var session = ClientSession()
    let actions = session.receive(output)
    #expect(
      actions == [
        .answer(
          .error(
            Event.Failure(text: "\"\(named)\" must be inside \"data\"", code: .badRequest)))
      ])
  }

  /// A later version's fields, and those that another request has.
  @Test(arguments: ["\"version\": \"1.7\"", "\"events\": []", "\"id\": 7"])
  func `other fields beside the data are ignored`(field: String) throws {
    var parser = MessageParser()
    let output = try #require(parser.push(Array("{\"type\": \"status\", \(field)}\n".utf8)).first)
    var session = ClientSession()
    #expect(session.receive(output) == [.report(.status)])
  }

  /// An answer goes to whoever asked, not to subscribers.
  @Test(arguments: ["transcripts", "pong"]) func `a subscription without a live event is answered with an error`(
    name: String
  ) {
    var session = ClientSession()
    let told = failure(session.receive(message("subscribe", ["events": [.string(name)]])))
    #expect(told?.code == .badRequest)
    #expect(told?.text.contains("voice-started, voice-stopped, transcript,") == true)
  }

  @Test func `a recording is mixed down and heard as it comes`() {
    var session = ClientSession()
    #expect(session.receive(message("transcribe")) == [.subscribe(.nothing)])
    let stereo: JSONObject = ["rate": 16_000, "width": 2, "channels": 2]
    #expect(session.receive(message("audio-start", stereo)) == [.subscribe(.nothing), .begin(rate: 16_000)])
    #expect(session.isRecording && !session.isRecognising)
    // Two frames, cut inside the second: (0.5, −0.5) and (0.25, 0.75).
    let bytes: [UInt8] = [0x00, 0x40, 0x00, 0xC0, 0x00, 0x20, 0x00, 0x60]
    #expect(session.receive(message("audio-chunk", stereo, payload: Array(bytes[..<5]))) == [.hear([0])])
    #expect(session.isRecognising && session.bytesHeld == 4)
    #expect(session.recognised([]).isEmpty)
    #expect(!session.isRecognising && session.bytesHeld == 0)
    #expect(session.receive(message("audio-chunk", stereo, payload: Array(bytes[5...]))) == [.hear([0.5])])
    _ = session.recognised([])
    #expect(session.receive(message("audio-stop")) == [.finish])
    #expect(session.isRecognising && session.isRecording)
    #expect(session.recognised([.count(42)]) == [.answer(.count(42))])
    #expect(!session.isRecognising && !session.isRecording && !session.awaitsTranscript)
  }

  @Test func `wide samples are read`() {
    var session = ClientSession()
    _ = session.receive(message("audio-start", ["rate": 8000, "width": 4, "channels": 1]))
    #expect(
      session.receive(message("audio-chunk", payload: [0, 0, 0, 0x80, 0, 0, 0, 0x40])) == [.hear([-1, 0.5])])
  }

  @Test func `an incomplete sample waits for the rest`() {
    var session = ClientSession()
    _ = session.receive(message("audio-start", format))
    #expect(session.receive(message("audio-chunk", payload: [])).isEmpty && !session.isRecognising)
    #expect(session.receive(message("audio-chunk", payload: [0])).isEmpty && !session.isRecognising)
    #expect(session.receive(message("audio-chunk", payload: [0x40])) == [.hear([0.5])])
  }

  @Test func `without digits an empty transcript follows`() {
    let refusal = Event.notDetected(Event.NotDetected(reason: .unsure, bestGuess: nil, timing: Samples.timing))
    var session = ClientSession()
    _ = session.receive(message("audio-start", format))
    _ = session.receive(message("audio-chunk", payload: [0, 0]))
    #expect(session.recognised([refusal]) == [.answer(refusal), .answer(ClientSession.emptyTranscript)])
    // Who has had its transcript is not told once more that there is none.
    _ = session.receive(message("audio-chunk", payload: [0, 0]))
    #expect(session.recognised([.count(7), refusal]) == [.answer(.count(7)), .answer(refusal)])
    _ = session.receive(message("audio-stop"))
    #expect(session.recognised([]).isEmpty)
    // The next recording is another.
    _ = session.receive(message("audio-start", format))
    _ = session.receive(message("audio-stop"))
    #expect(session.recognised([refusal]).count == 2)
  }

  @Test func `a recogniser that fails ends the recording`() {
    let failure = Event.error(Event.Failure(text: "no", code: .unavailable))
    var session = ClientSession()
    _ = session.receive(message("transcribe"))
    _ = session.receive(message("audio-start", format))
    _ = session.receive(message("audio-chunk", payload: [0, 0]))
    #expect(session.recognised([failure]) == [.answer(failure), .answer(ClientSession.emptyTranscript)])
    #expect(session.receive(message("audio-chunk", payload: [0, 0])).isEmpty && !session.isRecording)
    #expect(session.receive(message("audio-stop")).isEmpty)
  }

  @Test(
    arguments: [
      (["rate": 16_000], "\"rate\" is 16000"), (["rate": 8000, "width": 4], "\"width\" is 4"),
      (["channels": "1"], "\"channels\" is"),
    ] as [(JSONObject, String)])
  func `a chunk unlike its start is refused`(data: JSONObject, words: String) {
    var session = ClientSession()
    _ = session.receive(message("transcribe"))
    _ = session.receive(message("audio-start", format))
    let actions = session.receive(message("audio-chunk", data, payload: [0, 0]))
    #expect(failure(actions)?.code == .badRequest && failure(actions)?.text.contains(words) == true)
    #expect(actions.last == .answer(ClientSession.emptyTranscript) && !session.isRecording)
  }

  @Test func `a subscriber keeps its events while recording`() {
    var session = ClientSession()
    _ = session.receive(message("subscribe", ["events": ["transcript"]]))
    #expect(session.receive(message("transcribe")).isEmpty)
    #expect(session.receive(message("audio-start", format)) == [.begin(rate: 8000)])
  }

  @Test(
    arguments: [
      (["rate": 8000, "width": 2], "channels"), (["rate": 8000, "width": 3, "channels": 1], "width"),
      (["rate": 0, "width": 2, "channels": 1], "rate"), (["rate": 8000, "width": 2, "channels": 1000], "channels"),
      (["rate": "8000", "width": 2, "channels": 1], "rate"),
    ] as [(JSONObject, String)])
  func `a recording in an impossible format is refused up to its end`(format: JSONObject, field: String) {
    var session = ClientSession()
    #expect(failure(session.receive(message("audio-start", format)))?.text.contains(field) == true)
    #expect(session.receive(message("audio-chunk", payload: [0, 0])).isEmpty)
    #expect(session.receive(message("audio-stop")).isEmpty)
    #expect(session.receive(message("audio-start", self.format)).contains(.subscribe(.nothing)))
  }

  /// A Wyoming client waits for its transcript, whatever else comes: also where its recording was refused.
  @Test func `a refused recording gets an empty transcript`() {
    for (start, isBusy) in [(["rate": 0, "width": 2, "channels": 1], false), (format, true)] as [(JSONObject, Bool)] {
      var session = ClientSession()
      _ = session.receive(message("transcribe"))
      var actions = session.receive(message("audio-start", start))
      if isBusy { actions += session.refuseRecording(Event.Failure(text: "no", code: .busy)) }
      #expect(failure(actions) != nil && actions.last == .answer(ClientSession.emptyTranscript))
      // Once: nobody waits any more.
      #expect(!session.awaitsTranscript)
      #expect(session.receive(message("audio-chunk", payload: [0, 0])).isEmpty)
      #expect(session.receive(message("audio-stop")).isEmpty)
    }
    // Who says only then that it waits for one has it at the end.
    var late = ClientSession()
    _ = late.receive(message("audio-start", ["rate": 0, "width": 2, "channels": 1]))
    _ = late.receive(message("transcribe"))
    #expect(late.receive(message("audio-stop")) == [.answer(ClientSession.emptyTranscript)])
    var session = ClientSession()
    _ = session.receive(message("transcribe"))
    let answers = session.receive(message("audio-stop"))
    #expect(failure(answers) != nil && answers.last == .answer(ClientSession.emptyTranscript))
  }

  @Test func `a recording over the limit is ended, and its part so far is answered`() {
    var limits = ClientSession.Limits()
    limits.recording.seconds = 1
    var session = ClientSession(limits: limits)
    _ = session.receive(message("audio-start", format))
    #expect(session.receive(message("audio-chunk", payload: [UInt8](repeating: 0, count: 16_000))).count == 1)
    _ = session.recognised([])
    let actions = session.receive(message("audio-chunk", payload: [0, 0]))
    #expect(failure(actions)?.code == .tooLarge && actions.last == .finish)
    #expect(session.recognised([.count(4)]) == [.answer(.count(4))])
    #expect(!session.isRecording)
    #expect(session.receive(message("audio-chunk", payload: [0, 0])).isEmpty)
    #expect(session.receive(message("audio-stop")).isEmpty)
  }

  @Test func `sound without a start is refused`() {
    var session = ClientSession()
    #expect(failure(session.receive(message("audio-stop")))?.code == .badRequest)
    #expect(failure(session.receive(message("audio-chunk", payload: [0])))?.code == .badRequest)
  }

  @Test func `nonsense is answered and too much of it ends`() {
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
