import DigitNetwork
import Events
import Recognition
import TestSupport
import Testing

@Suite struct RecordingAnswersTests {
  private func timing(_ startMs: Int, _ endMs: Int) -> Event.Timing {
    Event.Timing(startMs: startMs, endMs: endMs, decidedMs: endMs, computeMs: 0)
  }

  private func emitted(_ digit: Int, endMs: Int) -> Event {
    .transcript(
      Event.Transcript(
        guess: Event.Guess(text: "\(digit)", digit: digit, confidence: 0.9, probabilities: []), spoken: "",
        timing: timing(endMs - 200, endMs)))
  }

  private func number(_ digits: [Int], endMs: Int) -> Event {
    .number(
      Event.Number(
        text: "", confidence: 0.9,
        words: digits.map { Event.Number.Word(digit: $0, confidence: 0.9, startMs: 0, endMs: endMs) }, startMs: 0,
        endMs: endMs, decidedMs: endMs + 500))
  }

  private func rejected(_ reason: Event.NotDetected.Reason, endMs: Int) -> Event {
    .notDetected(Event.NotDetected(reason: reason, bestGuess: nil, timing: timing(endMs - 200, endMs)))
  }

  private func digits(_ answer: Event?) -> String? {
    if case .recordingTranscript(let transcript)? = answer { transcript.number?.digits } else { nil }
  }

  private func answers(_ events: [Event]) -> RecordingAnswers {
    var answers = RecordingAnswers(settings: .init(pause: 500, patience: 1500))
    for event in events { answers.take(event) }
    return answers
  }

  private let started = Event.voiceStarted(Event.VoiceBoundary(timestamp: 0))
  private func stopped(_ ms: Int) -> Event { .voiceStopped(Event.VoiceBoundary(timestamp: ms)) }

  @Test func `digits are answered once their number is over by a pause, even in a noise that goes on`() {
    var answers = answers([started, emitted(4, endMs: 500), emitted(2, endMs: 900)])
    #expect(answers.answer(at: 5000) == nil, "the number may go on")
    answers.take(number([4, 2], endMs: 900))
    #expect(digits(answers.answer(at: 1400)) == "42")
    #expect(answers.answer(at: 9000) == nil, "once")
  }

  @Test func `digits before something else wait until that is over`() {
    var answers = answers([started, emitted(4, endMs: 500), number([4], endMs: 500), rejected(.notADigit, endMs: 2000)])
    #expect(answers.answer(at: 2400) == nil)
    answers.take(stopped(2100))
    #expect(answers.answer(at: 2599) == nil)
    #expect(digits(answers.answer(at: 2600)) == "4")
  }

  @Test func `digits around something else are one answer`() {
    var answers = answers([
      started, emitted(4, endMs: 500), number([4], endMs: 500), rejected(.notADigit, endMs: 2000),
      emitted(7, endMs: 2500),
    ])
    #expect(answers.answer(at: 9000) == nil)
    answers.take(number([7], endMs: 2500))
    #expect(digits(answers.answer(at: 3000)) == "47")
  }

  @Test func `a recording without digits is answered later than one with digits`() {
    var answers = answers([started, rejected(.notADigit, endMs: 800), stopped(800)])
    #expect(answers.answer(at: 2200) == nil)
    guard case .notDetected(let rejection)? = answers.answer(at: 2300) else {
      Issue.record("no answer")
      return
    }
    #expect(rejection.reason == .notADigit)
  }

  @Test func `a click has no answer of its own, but at the end`() {
    var answers = answers([started, rejected(.tooShort, endMs: 100), stopped(100)])
    #expect(answers.answer(at: 60_000) == nil)
    guard case .notDetected(let rejection)? = answers.finish(at: 60_000) else {
      Issue.record("no answer")
      return
    }
    #expect(rejection.reason == .tooShort)
  }

  @Test func `the end answers what is left, and a recording in which nothing was said`() {
    var left = answers([started, emitted(4, endMs: 500), number([4], endMs: 500)])
    #expect(digits(left.finish(at: 600)) == "4")
    var silent = RecordingAnswers(settings: .init(pause: 500, patience: 1500))
    guard case .notDetected(let rejection)? = silent.finish(at: 1000) else {
      Issue.record("no answer")
      return
    }
    #expect(rejection.reason == .tooQuiet && rejection.timing.endMs == 1000)
    // What was answered is not answered again.
    var done = answers([started, emitted(4, endMs: 500), number([4], endMs: 500)])
    _ = done.answer(at: 1000)
    #expect(done.finish(at: 2000) == nil)
  }
}

@Suite struct ClientRecordingTests {
  private func answers(_ room: Room, pieces: Int, ends: Bool = true) throws -> [(event: Event, ms: Int)] {
    let recording = try ClientRecording(model: SevenModel.make(), rate: room.rate)
    var answers: [(event: Event, ms: Int)] = []
    for start in stride(from: 0, to: room.samples.count, by: pieces) {
      let end = min(room.samples.count, start + pieces)
      room.samples[start..<end].withUnsafeBufferPointer { piece in
        recording.hear(piece) { answers.append(($0, end * 1000 / room.rate)) }
      }
    }
    if ends { recording.finish { answers.append(($0, room.milliseconds)) } }
    return answers
  }

  private func digits(_ event: Event) -> String? {
    if case .recordingTranscript(let transcript) = event { transcript.number?.digits } else { nil }
  }

  @Test(arguments: [37, 160, 100_000])
  func `each utterance is answered with all its digits, and the last at the end`(pieces: Int) throws {
    var room = Room(rate: 16_000)
    room.quiet(800)
    for count in [3, 1, 2] {
      for _ in 0..<count {
        room.word(250)
        room.quiet(200)
      }
      if count != 2 { room.quiet(1000) }
    }
    #expect(try answers(room, pieces: pieces).map { digits($0.event) } == ["777", "7", "77"])
  }

  @Test func `an end of the recording is not needed`() throws {
    var room = Room(rate: 16_000)
    room.quiet(500)
    room.word(300)
    room.quiet(3000)
    let answers = try answers(room, pieces: 320, ends: false)
    #expect(answers.map { digits($0.event) } == ["7"])
    #expect((1250...1700).contains(answers.first?.ms ?? 0))
  }
}
