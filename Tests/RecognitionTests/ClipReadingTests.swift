import AudioInput
import DigitNetwork
import Events
import Foundation
import Recognition
import TestSupport
import Testing

@Suite struct ClipReadingTests {
  private static let timing = Event.Timing(startMs: 0, endMs: 0, decidedMs: 0, computeMs: 0)

  private static func guess(_ digit: Int, _ confidence: Double) -> Event.Guess {
    Event.Guess(text: "\(digit)", digit: digit, confidence: confidence, probabilities: [])
  }

  private static func emitted(_ digit: Int, at startMs: Int, _ confidence: Double = 0.9) -> Event {
    var timing = timing
    (timing.startMs, timing.endMs) = (startMs, startMs + 100)
    return .transcript(Event.Transcript(guess: guess(digit, confidence), spoken: "", timing: timing))
  }

  private static func rejected(_ reason: Event.NotDetected.Reason, _ digit: Int?, _ confidence: Double = 0.2) -> Event {
    .notDetected(Event.NotDetected(reason: reason, bestGuess: digit.map { guess($0, confidence) }, timing: timing))
  }

  private static func number(_ digits: [Int?], _ confidence: Double) -> Event {
    .number(
      Event.Number(
        text: digits.compactMap { $0.map(String.init) }.joined(separator: " "), confidence: confidence,
        words: digits.map { Event.Number.Word(digit: $0, confidence: confidence, startMs: 0, endMs: 1) },
        startMs: 0, endMs: 1, decidedMs: 2))
  }

  private func reading(_ events: [Event], power: (Int, Int) -> Float = { _, _ in 0 }) -> ClipReading {
    var collector = ClipReading.Collector()
    for event in events { collector.take(event) }
    return ClipReading(collector, milliseconds: 1000, power: power)
  }

  @Test func `all digits of a recording are one number, however long the pauses`() {
    let reading = reading([
      Self.emitted(4, at: 0), Self.number([4], 0.9), Self.emitted(2, at: 500), Self.number([2], 0.8),
    ])
    #expect(reading.number?.digits == "42" && reading.number?.text == "4 2")
    #expect(abs((reading.number?.confidence ?? 0) - 0.72) < 1e-12)
    guard case .recordingTranscript(let answer) = reading.answer else {
      Issue.record("\(reading.answer)")
      return
    }
    #expect(answer.number == reading.number)
  }

  @Test func `of several digits the loudest stands for the recording`() {
    let events = [Self.emitted(4, at: 0, 0.99), Self.emitted(2, at: 500, 0.6), Self.rejected(.unsure, 9, 0.999)]
    let word = reading(events) { start, _ in start == 500 ? 2 : 1 }.word
    #expect(word?.guess.digit == 2 && word?.isEmitted == true)
  }

  @Test func `without a digit the guess is the surest rejected word, with its reason`() {
    let reading = reading([
      Self.rejected(.tooShort, nil), Self.rejected(.notADigit, 3, 0.1), Self.rejected(.unsure, 5, 0.3),
    ])
    #expect(reading.number == nil && reading.word?.guess.digit == 5 && reading.word?.isEmitted == false)
    #expect(reading.rejection.reason == .unsure && reading.rejection.bestGuess?.digit == 5)
    guard case .notDetected(let rejected) = reading.answer else {
      Issue.record("\(reading.answer)")
      return
    }
    #expect(rejected == reading.rejection)
  }

  @Test func `without any word there is no guess, and a reason`() {
    #expect(reading([]).word == nil && reading([]).rejection.reason == .tooQuiet)
    #expect(reading([Self.rejected(.tooShort, nil)]).rejection.reason == .tooShort)
  }

  @Test func `a reader and the whole give the same`() throws {
    var room = Room(rate: 16_000)
    room.quiet(500)
    for _ in 0..<3 {
      room.word(300)
      room.quiet(1200)
    }
    let model = try SevenModel.make()
    let whole = try ClipReading(room.samples, rate: 16_000, model: model)
    #expect(whole.number?.digits == "777" && whole.milliseconds == room.milliseconds)
    let reader = try ClipReader(model: model, rate: 16_000, keepsSound: true)
    for start in stride(from: 0, to: room.samples.count, by: 333) {
      room.samples[start..<min(room.samples.count, start + 333)].withUnsafeBufferPointer { reader.process($0) }
    }
    let pieces = reader.finish()
    #expect(pieces.number?.words == whole.number?.words && pieces.word?.guess == whole.word?.guess)
    #expect(abs(reader.sound.count - room.samples.count / 2) <= 80)
  }

  @Test func `silence says nothing`() throws {
    let reading = try ClipReading([Float](repeating: 0, count: 8000), rate: 8000, model: SevenModel.make())
    #expect(reading.events.isEmpty && reading.number == nil && reading.word == nil)
  }
}

/// The shipped model and the recording that comes with it.
@Suite struct BundledRecordingTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let model = root.appending(path: "Models/digits.safetensors").path

  @Test(.enabled(if: FileManager.default.fileExists(atPath: model), "there is no model in Models/"))
  func `all ten digits of the bundled recording are heard`() throws {
    let fixtures = Self.root.appending(path: "Tests/Fixtures")
    let said = try String(contentsOf: fixtures.appending(path: "digits.txt"), encoding: .utf8)
      .split(whereSeparator: \.isWhitespace).joined()
    let sound = try SoundFile.read(path: fixtures.appending(path: "digits.wav").path)
    let reading = try ClipReading(sound.samples, rate: sound.sampleRate, model: SequenceModel(contentsOf: Self.model))
    #expect(reading.number?.digits == said)
  }
}
