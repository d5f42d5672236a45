import AudioInput
import DigitNetwork
import Events
import Recognition
import SpeechFeatures
import TestSupport
import Testing
import VoiceActivity

@Suite struct SoundStreamTests {
  /// What a stream says of some sound, but for the time that it took.
  private func events(
    _ room: Room, pieces: [Int] = [80], numberPause: Double = 0.8, threshold: Double = 0.5,
    _ change: (SoundStream, (Event) -> Void) throws -> Void = { _, _ in }
  ) throws -> [Event] {
    let stream = try SoundStream(
      model: SevenModel.make(threshold: threshold), settings: SoundStream.Settings(numberPause: numberPause))
    var events: [Event] = []
    func take(_ event: Event) { if event.kind != .level { events.append(event.withoutComputeTime) } }
    try stream.begin(rate: room.rate, emit: take)
    stream.hear(room.samples, pieces: pieces, take)
    try change(stream, take)
    stream.finish(emit: take)
    return events
  }

  private func names(_ events: [Event]) -> [String] { events.map(\.type) }

  private func transcripts(_ events: [Event]) -> [Event.Transcript] {
    events.compactMap { if case .transcript(let transcript) = $0 { transcript } else { nil } }
  }

  private func numbers(_ events: [Event]) -> [Event.Number] {
    events.compactMap { if case .number(let number) = $0 { number } else { nil } }
  }

  private static func words(_ count: Int, apart: Int = 400, rate: Int = 8000) -> Room {
    var room = Room(rate: rate)
    room.quiet(1000)
    for _ in 0..<count {
      room.word(300)
      room.quiet(apart)
    }
    room.quiet(1500)
    return room
  }

  /// The stages do not know of one another.
  @Test func `all stages work at the same rate`() {
    #expect(AudioConditioner.outputRate == VoiceFrame.sampleRate)
    #expect(FeatureParameters.standard.sampleRate == VoiceFrame.sampleRate)
    #expect(VoiceFrame.length * 1000 == VoiceFrame.sampleRate * VoiceFrame.milliseconds)
  }

  @Test func `a word has its events, in their order and place`() throws {
    let events = try events(Self.words(1))
    #expect(Set(names(events)) == ["voice-started", "voice-stopped", "transcript", "number"])
    #expect(names(events).first == "voice-started")
    let word = try #require(transcripts(events).first)
    #expect(word.guess.digit == 7 && word.guess.text == "seven" && word.spoken == "seven")
    #expect(abs(word.guess.probabilities.reduce(0, +) - 1) < 1e-9)
    #expect((940...1060).contains(word.timing.startMs) && (1240...1400).contains(word.timing.endMs))
    #expect(word.timing.decidedMs >= word.timing.endMs)
    let number = try #require(numbers(events).first)
    #expect(number.digits == "7" && number.decidedMs >= number.endMs + 800 && number.decidedMs < number.endMs + 1100)
  }

  @Test(arguments: [[1], [80], [79, 3, 1000], [100_000], [7, 8001]] as [[Int]])
  func `pieces of any size give the same digits in the same places`(pieces: [Int]) throws {
    let whole = transcripts(try events(Self.words(4))).map(\.places)
    #expect(whole.count == 4)
    #expect(transcripts(try events(Self.words(4), pieces: pieces)).map(\.places) == whole)
  }

  @Test(arguments: [8000, 16_000, 44_100, 48_000]) func `any rate will do`(rate: Int) throws {
    let heard = transcripts(try events(Self.words(3, rate: rate), pieces: [rate / 100]))
    #expect(heard.map(\.guess.digit) == [7, 7, 7])
    for (index, word) in heard.enumerated() { #expect(abs(word.timing.startMs - (1000 + 700 * index)) <= 80) }
  }

  @Test func `an impossible rate is refused`() throws {
    let stream = try SoundStream(model: SevenModel.make())
    #expect(throws: (any Error).self) { try stream.begin(rate: 0) { _ in } }
  }

  @Test func `digits in a row are one number, and a pause begins another`() throws {
    let numbers = numbers(try events(Self.words(3)))
    #expect(numbers.map(\.digits) == ["777"] && numbers.first?.text == "seven seven seven")
    #expect(self.numbers(try events(Self.words(3), numberPause: 0.2)).map(\.digits) == ["7", "7", "7"])
  }

  @Test func `a word under the threshold is rejected, and reported as such`() throws {
    let events = try events(Self.words(1), threshold: 1)
    #expect(transcripts(events).isEmpty && numbers(events).isEmpty)
    let rejected = events.compactMap { if case .notDetected(let rejected) = $0 { rejected } else { nil } }
    #expect(rejected.count == 1 && rejected.first?.reason == .unsure && rejected.first?.bestGuess?.digit == 7)
  }

  @Test func `the end reports what is under way`() throws {
    // Given a recording that ends in the middle of a word
    var room = Room()
    room.quiet(500)
    room.word(300)
    let events = try events(room)
    // Then it is told, and all that had begun is over
    #expect(transcripts(events).map(\.guess.digit) == [7] && numbers(events).map(\.digits) == ["7"])
    #expect(names(events).count { $0 == "voice-started" } == names(events).count { $0 == "voice-stopped" })
    #expect(transcripts(events).allSatisfy { $0.timing.endMs <= 800 })
  }

  @Test func `a recording may begin in the middle of a word`() throws {
    var room = Room()
    room.word(300)
    room.quiet(1500)
    #expect(transcripts(try events(room)).map(\.guess.digit) == [7])
  }

  @Test func `a loss ends what is under way and moves the clock`() throws {
    var room = Room()
    room.quiet(1000)
    room.word(200)
    let after = Self.words(1)
    let events = try events(room) { stream, emit in
      stream.lose(milliseconds: 5000, emit: emit)
      #expect(stream.nowMs == 6200)
      stream.hear(after.samples, pieces: [80], emit)
    }
    let heard = transcripts(events)
    #expect(heard.map(\.guess.digit) == [7, 7] && numbers(events).map(\.digits) == ["7", "7"])
    #expect(heard[0].timing.endMs <= 1200 && abs(heard[1].timing.startMs - 7200) <= 80)
  }

  @Test func `the clock can be put forward without an end to anything`() throws {
    let after = Self.words(1)
    let events = try events(Self.words(1)) { stream, emit in
      let before = stream.nowMs
      stream.putClockForward(milliseconds: 300)
      #expect(stream.nowMs == before + 300)
      stream.hear(after.samples, pieces: [80], emit)
    }
    let first = Self.words(1).milliseconds + 300
    #expect(abs(transcripts(events)[1].timing.startMs - (first + 1000)) <= 80)
  }

  @Test func `it may rest when nothing is under way`() throws {
    let stream = try SoundStream(model: SevenModel.make())
    try stream.begin(rate: 8000) { _ in }
    var room = Room()
    room.quiet(3000)
    stream.hear(room.samples, pieces: [80]) { _ in }
    #expect(stream.isIdle)
    var word = Room()
    word.word(300)
    stream.hear(word.samples, pieces: [80]) { _ in }
    #expect(!stream.isIdle)
    stream.hear(room.samples, pieces: [80]) { _ in }
    #expect(stream.isIdle)
  }

  @Test func `silence and clipping are reported when they begin and end`() throws {
    var room = Room()
    room.zeros(3000)
    room.quiet(1000)
    let conditions = try events(room).compactMap { event -> Event.Condition? in
      if case .condition(let condition) = event { condition } else { nil }
    }
    #expect(conditions.map(\.condition) == [.silent, .silent] && conditions.map(\.on) == [true, false])
  }

  @Test func `the conditioned sound is handed on`() throws {
    var count = 0
    let stream = try SoundStream(model: SevenModel.make(), heard: { count += $0.count })
    try stream.begin(rate: 16_000) { _ in }
    let room = Self.words(1, rate: 16_000)
    stream.hear(room.samples, pieces: [160]) { _ in }
    stream.finish { _ in }
    #expect(abs(count - room.samples.count / 2) <= 80)
  }
}

extension SoundStream {
  /// Hears samples in pieces of these sizes, over and over.
  func hear(_ samples: [Float], pieces: [Int], _ emit: (Event) -> Void) {
    var (start, index) = (0, 0)
    samples.withUnsafeBufferPointer { samples in
      while start < samples.count {
        let end = min(samples.count, start + pieces[index % pieces.count])
        process(UnsafeBufferPointer(rebasing: samples[start..<end]), emit: emit)
        (start, index) = (end, index + 1)
      }
    }
  }
}

extension Event {
  var withoutComputeTime: Event {
    switch self {
    case .transcript(var transcript):
      transcript.timing.computeMs = 0
      return .transcript(transcript)
    case .notDetected(var rejected):
      rejected.timing.computeMs = 0
      return .notDetected(rejected)
    default: return self
    }
  }
}

extension Event.Transcript {
  /// Digit and place; when it was decided may depend on the pieces.
  var places: [Int] { [guess.digit, timing.startMs, timing.endMs] }
}
