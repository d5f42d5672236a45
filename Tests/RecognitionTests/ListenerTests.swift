import Recognition
import TestSupport
import Testing

@Suite struct ListenerTests {
  // MARK: one word

  @Test func `a certain word is told 60 ms after its end, before the voice stops`() throws {
    let stage = ListenerStage { _ in .certain(5) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.room(1000)
    stage.hear(sound)

    #expect(stage.transcripts.map(\.digit) == [5])
    let place = try #require(stage.transcripts.first?.place)
    #expect(place.startMs == 1000 && place.endMs == 1300)
    #expect(place.decidedMs == 1360)
    guard case .voiceStarted(timestamp: 1000) = stage.told.first, case .voiceStopped(timestamp: 1300) = stage.told.last
    else {
      Issue.record("expected the voice to start at 1000 and to stop at 1300, not \(stage.told)")
      return
    }
    #expect(stage.told.count == 3)
  }

  @Test func `a clock that is put forward moves the next word and cuts nothing`() {
    let stage = ListenerStage { _ in .certain(5) }
    for _ in 0..<3 {
      var sound = Sound()
      sound.room(1000)
      sound.tone(300)
      sound.room(700)
      stage.hear(sound)
      stage.putClockForward(milliseconds: 10)
    }
    // Each word lies 2 s and 10 ms after the one before it, and is as long.
    #expect(stage.transcripts.map(\.place.startMs) == [1000, 3010, 5020])
    #expect(stage.transcripts.map { $0.place.endMs - $0.place.startMs } == [300, 300, 300])
    #expect(stage.transcripts.map { $0.place.decidedMs - $0.place.endMs } == [60, 60, 60])
  }

  @Test func `a digit that begins longer numbers waits a little longer`() {
    let stage = ListenerStage { _ in .certain(6) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.place.decidedMs) == [1440])
  }

  @Test func `a doubtful word waits for the word gap`() {
    let stage = ListenerStage { _ in .doubtful(5) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.digit) == [5])
    #expect(stage.transcripts.map(\.place.decidedMs) == [1480])
  }

  @Test func `what is no digit is turned down once`() {
    let stage = ListenerStage { _ in .noDigit }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.isEmpty)
    #expect(stage.rejections.map(\.reason) == [.notADigit])
  }

  @Test func `the recogniser gets the word with its margins, and a second of room without any of it`() throws {
    let stage = ListenerStage { _ in .certain(5) }
    for _ in 0..<5 {
      var sound = Sound()
      sound.room(700)
      sound.tone(300)
      stage.hear(sound)
    }
    var rest = Sound()
    rest.room(300)
    stage.hear(rest)

    #expect(stage.recognizer.questions.count == 5)
    for question in stage.recognizer.questions {
      #expect(question.utterance.count == (50 + 300 + 60) * 8)
      #expect(question.utterance.prefix(400).allSatisfy { abs($0) < 0.01 })
      #expect(question.soundMs == 300)
      #expect(question.background.allSatisfy { abs($0) < 0.01 })
    }
    #expect(stage.recognizer.questions.first?.background.count == 650 * 8)
    #expect(stage.recognizer.questions.last?.background.count == 1000 * 8)
  }

  // MARK: silences inside, words close together

  @Test func `a word with an inner silence that leaves doubt is decided whole`() {
    let stage = ListenerStage { $0.soundMs > 350 ? .certain(6) : .doubtful(8) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(250)
    sound.room(110)
    sound.tone(150)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.digit) == [6])
    #expect(stage.transcripts.map(\.place.startMs) == [1000])
    #expect(stage.transcripts.map(\.place.endMs) == [1510])
    #expect(stage.rejections.isEmpty)
  }

  @Test(arguments: [50, 80, 110])
  func `a short burst after an early decision is a part of the word`(burstMs: Int) {
    let stage = ListenerStage { _ in .certain(8) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(250)
    sound.room(110)
    sound.tone(burstMs)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.digit) == [8])
    #expect(stage.rejections.isEmpty)
  }

  @Test func `a longer sound soon after an early decision is a word of its own`() {
    let stage = ListenerStage { $0.soundMs > 280 ? .certain(3) : .certain(5) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.room(110)
    sound.tone(250)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.digit) == [3, 5])
    #expect(stage.transcripts.map(\.place.startMs) == [1000, 1410])
  }

  @Test func `if that is no digit, nothing is told of it`() {
    let stage = ListenerStage { $0.soundMs > 280 ? .certain(7) : .noDigit }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.room(110)
    sound.tone(250)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.digit) == [7])
    #expect(stage.rejections.isEmpty)
  }

  @Test func `a short sound well after an early decision is told of`() {
    let stage = ListenerStage { _ in .certain(5) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.room(200)
    sound.tone(60)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.digit) == [5])
    #expect(stage.rejections.map(\.reason) == [.tooShort])
  }

  @Test func `while classifying takes too long, no word is tried before its end`() {
    var now = 0.0
    let stage = ListenerStage(clock: { now }) { _ in
      now += 500
      return .certain(5)
    }
    for _ in 0..<3 { stage.hear(Self.word) }
    #expect(stage.transcripts.map(\.place.decidedMs) == [1360, 2000 + 1360, 4000 + 1480])
    #expect(stage.transcripts.map(\.place.computeMs) == [500, 500, 500])
  }

  @Test func `one classification that was held up changes nothing for the next word`() {
    var (now, delay) = (0.0, 10_000.0)
    let stage = ListenerStage(clock: { now }) { _ in
      now += delay
      delay = 1
      return .certain(5)
    }
    for _ in 0..<2 { stage.hear(Self.word) }
    #expect(stage.transcripts.map(\.place.decidedMs) == [1360, 2000 + 1360])
  }

  /// Two seconds with a word in them.
  private static var word: Sound {
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.room(700)
    return sound
  }

  // MARK: what is no word

  @Test func `clicks are not worth a word, bumps are too short`() {
    let stage = ListenerStage { _ in .certain(5) }
    var sound = Sound()
    sound.room(1000)
    for milliseconds in [5, 10, 20, 30, 50] {
      sound.tone(milliseconds)
      sound.room(1000)
    }
    stage.hear(sound)
    #expect(stage.recognizer.questions.isEmpty)
    #expect(stage.rejections.map(\.reason) == [.tooShort])
  }

  @Test func `noise that is no digit is passed over in silence`() {
    let stage = ListenerStage { _ in .noDigit }
    var sound = Sound()
    sound.room(1000)
    sound.noise(300)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.recognizer.questions.count >= 1)
    #expect(stage.rejections.isEmpty)
  }

  @Test func `a doubtful digit is told of a voice, not of noise`() {
    let stage = ListenerStage { _ in .rather(5, 0.6) }
    var sound = Sound()
    sound.room(1000)
    sound.noise(300)
    sound.room(1000)
    sound.tone(300)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.place.startMs) == [2300])
  }

  @Test func `a word that runs on into noise is looked at once more without it`() throws {
    let stage = ListenerStage { $0.utterance.count > 8 * 700 ? .noDigit : .rather(5, 0.6) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    // 19 dB under the tone: not far enough for a pause.
    sound.tone(600, amplitude: 0.034)
    sound.room(1000)
    stage.hear(sound)
    let place = try #require(stage.transcripts.first?.place)
    #expect(stage.transcripts.count == 1)
    #expect(abs(place.startMs - 1000) <= 10)
    #expect(abs(place.endMs - 1300) <= 20)
    #expect(stage.rejections.isEmpty)
  }

  /// Two tones 200 ms apart, the second softer, in a noise that is too loud for a pause.
  private func twoWordsInOneCut() -> Sound {
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.tone(200, amplitude: 0.034)
    sound.tone(350, amplitude: 0.2)
    sound.tone(400, amplitude: 0.034)
    sound.room(1000)
    return sound
  }

  @Test func `a word among bursts that hardly leave it alone is found as what stands out most`() {
    let stage = ListenerStage { $0.utterance.count < 8 * 500 ? .rather(4, 0.6) : .noDigit }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    for _ in 0..<8 {
      sound.tone(80, amplitude: 0.034)
      sound.tone(60, amplitude: 0.1)
    }
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.place.startMs) == [1000])
    #expect(stage.rejections.isEmpty)
  }

  @Test func `of two words in one cut both are told`() throws {
    let stage = ListenerStage { question in
      guard question.utterance.count < 8 * 700 else { return .noDigit }
      return question.soundMs < 460 ? .rather(3, 0.6) : .rather(8, 0.5)
    }
    stage.hear(twoWordsInOneCut())
    let places = stage.transcripts.map(\.place)
    try #require(places.count == 2)
    for (place, bounds) in zip(places, [(1000, 1300), (1500, 1850)]) {
      #expect(abs(place.startMs - bounds.0) <= 10)
      #expect(abs(place.endMs - bounds.1) <= 20)
    }
    #expect(stage.rejections.isEmpty)
  }

  @Test func `of two words in one cut one is told if the other is no digit, or none with one rejection`() {
    let one = ListenerStage { $0.utterance.count < 8 * 480 ? .rather(3, 0.6) : .noDigit }
    one.hear(twoWordsInOneCut())
    #expect(one.transcripts.map(\.place.startMs).count == 1)
    #expect(one.rejections.isEmpty)
    let none = ListenerStage { _ in .noDigit }
    none.hear(twoWordsInOneCut())
    #expect(none.transcripts.isEmpty)
    #expect(none.rejections.map(\.reason) == [.notADigit])
  }

  @Test func `a digit in a part of a cut must be surer than a whole one`() {
    let stage = ListenerStage { $0.utterance.count < 8 * 700 ? .rather(3, 0.25) : .noDigit }
    stage.hear(twoWordsInOneCut())
    #expect(stage.transcripts.isEmpty)
    #expect(stage.recognizer.questions.count > 2)
  }

  /// A digit of 220 ms, 0.7 s of something else as loud as the digit of 350 ms after it, all in one cut.
  @Test(arguments: [false, true])
  func `what lies between the digits of a cut was not told: the second stands among it`(isFirstADigit: Bool) {
    let stage = ListenerStage { question in
      switch question.utterance.count / 8 {
      case ..<400 where isFirstADigit: .rather(3, 0.9)
      case 400..<600: .rather(8, 0.75)
      default: .noDigit
      }
    }
    var sound = Sound()
    sound.room(1000)
    sound.tone(220)
    sound.tone(200, amplitude: 0.034)
    sound.tone(700, amplitude: 0.25)
    sound.tone(190, amplitude: 0.034)
    sound.tone(350)
    sound.tone(300, amplitude: 0.034)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.digit) == (isFirstADigit ? [3] : []))
  }

  @Test func `while classifying takes too long, no cut is searched`() {
    var now = 0.0
    let stage = ListenerStage(clock: { now }) { question in
      now += 500
      return question.utterance.count < 8 * 700 ? .rather(3, 0.6) : .noDigit
    }
    stage.hear(twoWordsInOneCut())
    stage.hear(twoWordsInOneCut())
    #expect(stage.transcripts.isEmpty)
    #expect(stage.recognizer.questions.allSatisfy { $0.utterance.count >= 8 * 700 })
  }

  @Test func `a word that a noise of seconds follows is told, and no rejection beside it`() {
    let stage = ListenerStage { $0.utterance.count < 8 * 700 ? .rather(5, 0.6) : .noDigit }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300)
    sound.tone(3000, amplitude: 0.034)
    sound.room(3000)
    stage.hear(sound)
    #expect(stage.transcripts.map(\.place.startMs) == [1000])
    #expect(stage.rejections.allSatisfy { $0.place.startMs >= 3490 })
  }

  @Test func `a sound of three seconds is too long, and the next word is found`() {
    let stage = ListenerStage { _ in .certain(5) }
    var sound = Sound()
    sound.room(1000)
    sound.tone(3000)
    sound.room(3000)
    sound.tone(300)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.rejections.map(\.reason) == [.tooLong])
    #expect(stage.transcripts.map(\.place.startMs) == [7000])
  }

  @Test func `a word that was hardly heard is turned down as too quiet`() {
    let stage = ListenerStage { _ in .noDigit }
    var sound = Sound()
    sound.room(1000)
    sound.tone(300, amplitude: 0.004)
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.rejections.map(\.reason) == [.tooQuiet])
  }

  // MARK: the clock, losses, the end

  @Test func `a loss ends the word in progress and moves the clock on`() {
    let stage = ListenerStage { _ in .certain(5) }
    var first = Sound()
    first.room(1000)
    first.tone(303)
    stage.hear(first)
    stage.lose(milliseconds: 250)
    var second = Sound()
    second.room(1000)
    second.tone(300)
    second.room(500)
    stage.hear(second)

    #expect(stage.transcripts.map(\.place.startMs) == [1000, 2553])
    #expect(stage.transcripts.map(\.place.endMs) == [1300, 2853])
    #expect(stage.transcripts.map(\.place.decidedMs) == [1303, 2913])
    guard case .voiceStopped(timestamp: 1300) = stage.told[2] else {
      Issue.record("expected the voice to stop with the loss, not \(stage.told[2])")
      return
    }
  }

  @Test func `what comes after a loss is no part of the word that was decided before it`() {
    let stage = ListenerStage { $0.soundMs > 250 ? .certain(3) : .doubtful(6) }
    var first = Sound()
    first.room(1000)
    first.tone(300)
    first.room(70)
    stage.hear(first)
    stage.lose(milliseconds: 3_600_000)
    var second = Sound()
    second.room(30)
    second.tone(100)
    second.room(1000)
    stage.hear(second)
    #expect(stage.transcripts.map(\.digit) == [3])
    #expect(stage.rejections.count == 1)
  }

  @Test func `the end of the stream decides the word in progress, its last samples included`() {
    let stage = ListenerStage { _ in .doubtful(5) }
    var sound = Sound()
    sound.tone(305)
    stage.hear(sound)
    stage.finish()
    #expect(stage.transcripts.map(\.place.startMs) == [0])
    #expect(stage.transcripts.map(\.place.endMs) == [310])
    #expect(stage.transcripts.map(\.place.decidedMs) == [305])
    guard case .voiceStopped = stage.told.last else {
      Issue.record("expected the voice to stop at the end, not \(stage.told)")
      return
    }
  }

  // MARK: levels and conditions

  @Test func `ten readings a second, of what was heard`() throws {
    let stage = ListenerStage { _ in .noDigit }
    var sound = Sound()
    sound.room(1000)
    sound.tone(100)
    stage.hear(sound)
    let readings = stage.events.compactMap { if case .level(let level) = $0 { level } else { nil } }
    #expect(readings.count == 11)
    let loud = try #require(readings.last)
    #expect(abs(loud.rmsDBFS - -13.5) < 0.2)
    #expect(abs(loud.peakDBFS - -10.5) < 0.2)
    #expect(loud.speech)
    let quiet = readings[9]
    #expect((-66 ... -63).contains(quiet.rmsDBFS))
    #expect((-67 ... -63).contains(quiet.noiseFloorDBFS))
    #expect(quiet.thresholdDBFS >= quiet.noiseFloorDBFS + 6)
    #expect(!quiet.speech)
  }

  @Test func `a dead line is a condition, and its coming back`() {
    let stage = ListenerStage { _ in .noDigit }
    var sound = Sound()
    sound.room(500)
    sound.zeros(3000)
    sound.room(500)
    stage.hear(sound)
    #expect(stage.told == [.condition(.silent, on: true), .condition(.silent, on: false)])
  }

  @Test func `an overdriven line is a condition`() {
    let stage = ListenerStage { _ in .noDigit }
    var sound = Sound()
    sound.tone(1000, amplitude: 3)
    sound.samples = sound.samples.map { max(-1, min(1, $0)) }
    stage.hear(sound)
    #expect(stage.told.contains(.condition(.clipping, on: true)))
  }

  // MARK: whatever comes

  /// Words, bursts and pauses of random lengths.
  private func wild(seed: UInt64) -> Sound {
    var random = SeededGenerator(seed: seed)
    var sound = Sound()
    for _ in 0..<40 {
      sound.room(Int.random(in: 10...600, using: &random))
      sound.tone(Int.random(in: 5...500, using: &random), amplitude: Float.random(in: 0.002...0.9, using: &random))
    }
    return sound
  }

  private func answers(seed: UInt64) -> (ScriptedRecognizer.Question) -> Hypothesis {
    var random = SeededGenerator(seed: seed)
    return { _ in
      let digit = Int.random(in: 0...9, using: &random)
      return [.certain(digit), .doubtful(digit), .noDigit].randomElement(using: &random) ?? .noDigit
    }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `events are the same however the sound is cut into blocks`(seed: UInt64) {
    let sound = wild(seed: seed)
    // What is decided, and where; when it was decided is known to a block only.
    func course(block: Int) -> [ListenerEvent] {
      let stage = ListenerStage(wantsSpectrum: { true }, answers(seed: seed))
      stage.hear(sound, block: block)
      stage.finish()
      return stage.events.map {
        switch $0 {
        case .transcript(let guess, var place):
          place.decidedMs = 0
          return .transcript(guess, place)
        case .notDetected(let reason, let guess, var place):
          place.decidedMs = 0
          return .notDetected(reason, guess, place)
        case .voiceStarted, .voiceStopped, .level, .spectrum, .condition:
          return $0
        }
      }
    }
    let expected = course(block: 80)
    #expect(!expected.isEmpty)
    for block in [1, 63, 441, 100_000] { #expect(course(block: block) == expected) }
  }

  @Test(arguments: 1...30 as ClosedRange<UInt64>)
  func `one event a word, in the order of time, within its stretch of speech`(seed: UInt64) {
    let stage = ListenerStage(answers(seed: seed))
    stage.hear(wild(seed: seed))
    if seed % 3 == 0 { stage.lose(milliseconds: 100) }
    stage.hear(wild(seed: seed &+ 1000))
    stage.finish()

    var isSpeech = false
    var lastEnd = 0
    var lastDecided = 0
    for event in stage.events {
      switch event {
      case .voiceStarted:
        #expect(!isSpeech)
        isSpeech = true
      case .voiceStopped:
        #expect(isSpeech)
        isSpeech = false
      case .transcript(_, let place), .notDetected(_, _, let place):
        #expect(isSpeech)
        #expect(place.startMs >= lastEnd && place.endMs > place.startMs)
        #expect(place.decidedMs >= place.endMs - 10 && place.decidedMs >= lastDecided)
        (lastEnd, lastDecided) = (place.endMs, place.decidedMs)
      case .level, .spectrum, .condition:
        break
      }
    }
    #expect(!isSpeech)
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `the background never holds a word`(seed: UInt64) {
    let stage = ListenerStage(answers(seed: seed))
    var sound = Sound()
    var random = SeededGenerator(seed: seed)
    for _ in 0..<30 {
      sound.room(Int.random(in: 10...800, using: &random))
      sound.tone(Int.random(in: 120...500, using: &random), amplitude: 0.3)
    }
    stage.hear(sound)
    #expect(stage.recognizer.questions.count > 10)
    for question in stage.recognizer.questions { #expect(question.background.allSatisfy { abs($0) < 0.01 }) }
  }
}
