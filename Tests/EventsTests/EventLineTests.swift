import Events
import JSON
import TestSupport
import Testing

@Suite struct EventLineTests {
  @Test(arguments: Samples.events)
  func `an event comes back from its line`(event: Event) throws {
    let sent = EventEnvelope(time: Samples.time, sequence: 41, event: event)
    let line = sent.line()
    #expect(line.last == UInt8(ascii: "\n"))
    #expect(line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
    if case .unknown = event {
      // Its data carries time and number too, because what is not known is kept as it came.
      let received = try #require(try envelope(line))
      #expect(received.event.type == "weather")
      #expect(received.sequence == 41)
    } else {
      #expect(try envelope(line) == sent)
    }
  }

  @Test func `every type of the contract exists`() {
    #expect(
      Event.Kind.allCases.map(\.rawValue) == [
        "hello", "voice-started", "voice-stopped", "transcript", "number", "not-detected", "level", "spectrum",
        "device", "condition", "overrun", "dropped", "info", "status", "pong", "subscribed", "error",
      ])
    #expect(Set(Samples.events.compactMap(\.kind)) == Set(Event.Kind.allCases))
  }

  @Test func `a transcript is written as the contract says`() {
    let event = Event.transcript(Event.Transcript(guess: Samples.guess, timing: Samples.timing))
    let line = EventEnvelope(time: Samples.time, sequence: 12, event: event).line()
    #expect(
      String(decoding: line, as: UTF8.self) == """
        {"type": "transcript", "data": {"time": "2026-11-23T10:00:00.123Z", "sequence": 12, "text": "seven", "digit": 7, \
        "spoken": "seven", "confidence": 0.9871, "probabilities": [0.001, 0.002, 0, 0, 0.0005, 0.0025, 0.001, 0.992, 0.001, 0], \
        "start_ms": 1200, "end_ms": 1640, "decided_ms": 1710, "compute_ms": 1.25}}

        """)
  }

  @Test func `a rejection is written as the contract says`() {
    let rejection = Event.NotDetected(reason: .unsure, bestGuess: Samples.guess, timing: Samples.timing)
    #expect(
      text(.notDetected(rejection)) == """
        {"type": "not-detected", "data": {"time": "2026-11-23T10:00:00.123Z", "sequence": 12, "reason": "unsure", \
        "start_ms": 1200, "end_ms": 1640, "decided_ms": 1710, "compute_ms": 1.25, "best_guess": {"digit": 7, \
        "text": "seven", "confidence": 0.9871, \
        "probabilities": [0.001, 0.002, 0, 0, 0.0005, 0.0025, 0.001, 0.992, 0.001, 0]}}}

        """)
    let short = Event.NotDetected(reason: .tooShort, bestGuess: nil, timing: Samples.timing)
    #expect(text(.notDetected(short)).hasSuffix("\"best_guess\": null}}\n"))
  }

  private static let numberFields = """
    "digits": "47", "text": "four seven", "complete": false, "confidence": 0.62, \
    "words": [{"digit": 4, "confidence": 0.97, "start_ms": 1200, "end_ms": 1500}, \
    {"digit": null, "confidence": 0, "start_ms": 1550, "end_ms": 1800}, \
    {"digit": 7, "confidence": 0.9125, "start_ms": 1840, "end_ms": 2300}], \
    "alternatives": [{"digits": "427", "confidence": 0.2}], "start_ms": 1200, "end_ms": 2300, "decided_ms": 3120}}

    """

  @Test func `a number is written as the contract says, and so is the answer to a recording`() {
    let start = #""data": {"time": "2026-11-23T10:00:00.123Z", "sequence": 12, "#
    #expect(text(.number(Samples.number)) == #"{"type": "number", "# + start + Self.numberFields)
    #expect(
      text(.recordingTranscript(Event.RecordingTranscript(number: Samples.number)))
        == #"{"type": "transcript", "# + start + Self.numberFields)
    #expect(
      text(.recordingTranscript(Event.RecordingTranscript(number: nil)))
        == #"{"type": "transcript", "# + start + "\"text\": \"\"}}\n")
  }

  @Test func `leading zeros of a number count`() {
    let words = [0, 0, 7].map { Event.Number.Word(digit: $0, confidence: 1, startMs: 0, endMs: 1) }
    let number = Event.Number(text: "", confidence: 1, words: words, startMs: 0, endMs: 1, decidedMs: 2)
    #expect(number.digits == "007" && number.isComplete)
  }

  /// A daemon of the first protocol is still understood: what it does not say is not known.
  @Test func `fields that came with protocol 2 may be missing`() throws {
    let hello = #"""
      {"type": "hello", "data": {"time": "2026-11-23T10:00:00.123Z", "sequence": 3, "service": "digitd", \#
      "version": "0.1.0", "protocol": 1, "session": "a", "model": "m", "labels": ["0"], "device": "d", \#
      "state": "listening"}}

      """#
    guard case .hello(let greeting)? = try envelope(Array(hello.utf8))?.event else {
      Issue.record("no hello")
      return
    }
    #expect(greeting.protocolVersion == 1 && greeting.language == "" && greeting.conditions == [])
    let transcript = #"""
      {"type": "transcript", "data": {"time": "2026-11-23T10:00:00.123Z", "sequence": 3, "text": "seven", "digit": 7, \#
      "confidence": 1, "probabilities": [], "start_ms": 1, "end_ms": 2, "decided_ms": 3, "compute_ms": 4}}

      """#
    guard case .transcript(let heard)? = try envelope(Array(transcript.utf8))?.event else {
      Issue.record("no transcript")
      return
    }
    #expect(heard.spoken == "seven")
  }

  private func text(_ event: Event) -> String {
    String(decoding: EventEnvelope(time: Samples.time, sequence: 12, event: event).line(), as: UTF8.self)
  }

  @Test func `a spectrum is written as the contract says`() {
    let event = Event.spectrum(Event.Spectrum(timestamp: 4200, bandsDBFS: [-1000, 1000] + Array(-95 ... -66)))
    let line = EventEnvelope(time: Samples.time, sequence: 12, event: event).line()
    #expect(
      String(decoding: line, as: UTF8.self) == """
        {"type": "spectrum", "data": {"time": "2026-11-23T10:00:00.123Z", "sequence": 12, "timestamp": 4200, \
        "bands_dbfs": [-200, 200, -95, -94, -93, -92, -91, -90, -89, -88, -87, -86, -85, -84, -83, -82, -81, -80, -79, \
        -78, -77, -76, -75, -74, -73, -72, -71, -70, -69, -68, -67, -66]}}

        """)
  }

  @Test(
    arguments: [
      [], Array(repeating: -60, count: 31), Array(repeating: -60, count: 33), ["a"] + Array(repeating: -60, count: 31),
      [.number(-60.5)] + Array(repeating: -60, count: 31),
    ] as [[JSONValue]])
  func `a spectrum has 32 integers`(bands: [JSONValue]) {
    let data: JSONObject = [
      "time": "2026-11-23T10:00:00.123Z", "sequence": 3, "timestamp": 100, "bands_dbfs": .array(bands),
    ]
    #expect(throws: EventDecodingError(type: "spectrum", field: "bands_dbfs")) {
      try EventEnvelope(type: "spectrum", data: data)
    }
  }

  @Test func `unknown fields are ignored`() throws {
    let line = """
      {"version": "9", "extra": [1], "type": "overrun", "data": {"time": "2026-11-23T10:00:00.123Z", "sequence": 3, \
      "lost_ms": 20.0, "cause": {"why": null}}}

      """
    #expect(try envelope(Array(line.utf8))?.event == .overrun(Event.Overrun(lostMs: 20)))
  }

  @Test(
    arguments: [
      ("overrun", ["time": "2026-11-23T10:00:00.123Z", "sequence": 3], "lost_ms"),
      ("overrun", ["time": "yesterday", "sequence": 3, "lost_ms": 1], "time"),
      ("overrun", ["time": "2026-11-23T10:00:00.123Z", "sequence": "3", "lost_ms": 1], "sequence"),
      ("transcript", ["time": "2026-11-23T10:00:00.123Z", "sequence": 3, "probabilities": ["a"]], "probabilities"),
      ("spectrum", ["time": "2026-11-23T10:00:00.123Z", "sequence": 3, "timestamp": 100], "bands_dbfs"),
      (
        "spectrum",
        [
          "time": "2026-11-23T10:00:00.123Z", "sequence": 3,
          "bands_dbfs": .array(Array(repeating: -60, count: 32)),
        ], "timestamp"
      ),
    ] as [(String, JSONObject, String)])
  func `a missing field is named`(type: String, data: JSONObject, field: String) {
    #expect(throws: EventDecodingError(type: type, field: field)) { try EventEnvelope(type: type, data: data) }
  }

  @Test func `a value that is not finite is written as a number or null`() throws {
    let silence = Event.Level(
      rmsDBFS: -.infinity, peakDBFS: .nan, noiseFloorDBFS: -1e9, thresholdDBFS: .infinity, speech: false)
    let line = EventEnvelope(time: Samples.time, sequence: 0, event: .level(silence)).line()
    let expected = Event.Level(
      rmsDBFS: -200, peakDBFS: -200, noiseFloorDBFS: -200, thresholdDBFS: 200, speech: false)
    #expect(try envelope(line)?.event == .level(expected))
  }

  @Test func `no line is too long`() throws {
    let quotes = String(repeating: "\u{1}\"é", count: 100_000)
    let huge: [Event] = [
      .pong(Event.Pong(text: quotes)), .error(Event.Failure(text: quotes, code: .badRequest)),
      .hello(
        Event.Hello(
          version: quotes, session: "", model: quotes, language: "en", labels: Array(repeating: quotes, count: 50),
          device: quotes,
          state: .listening)),
    ]
    for event in huge {
      let line = EventEnvelope(time: Samples.time, sequence: 1, event: event).line()
      #expect(line.count <= 65_535)
      #expect(try envelope(line)?.sequence == 1)
    }
  }

  @Test(arguments: [
    (0.0, "0"), (1.0, "1"), (0.5, "0.5"), (-0.25, "-0.25"), (0.000_000_4, "0"), (-0.000_000_4, "0"),
    (0.999_999_6, "1"), (12.345_678_9, "12.345679"), (1e300, "1e+300"), (-1_234_567.000_001, "-1234567.000001"),
  ])
  func `numbers are short`(value: Double, text: String) throws {
    let guess = Event.Guess(text: "", digit: 0, confidence: value, probabilities: [])
    let event = Event.transcript(Event.Transcript(guess: guess, timing: Samples.timing))
    let line = String(
      decoding: EventEnvelope(time: Samples.time, sequence: 0, event: event).line(), as: UTF8.self)
    #expect(line.contains("\"confidence\": \(text), "))
  }
}
