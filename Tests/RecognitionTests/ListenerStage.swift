import Recognition
import TestSupport

/// Sound made to order, at 8 kHz.
struct Sound {
  var samples: [Float] = []
  private var random = SeededGenerator(seed: 11)
  private var phase: Float = 0

  /// The place of the end, in ms.
  var milliseconds: Int { samples.count / 8 }

  /// Faint noise, about −65 dBFS.
  mutating func room(_ milliseconds: Int) {
    for _ in 0..<milliseconds * 8 { samples.append(Float.random(in: -0.001...0.001, using: &random)) }
  }

  /// A tone at 500 Hz in that room.
  mutating func tone(_ milliseconds: Int, amplitude: Float = 0.3) {
    for _ in 0..<milliseconds * 8 {
      phase = phase >= 15 ? 0 : phase + 1
      let cycle: [Float] = [0, 0.38, 0.71, 0.92, 1, 0.92, 0.71, 0.38, 0, -0.38, -0.71, -0.92, -1, -0.92, -0.71, -0.38]
      samples.append(amplitude * cycle[Int(phase)] + Float.random(in: -0.001...0.001, using: &random))
    }
  }

  /// A hiss without any pitch.
  mutating func noise(_ milliseconds: Int, amplitude: Float = 0.3) {
    for _ in 0..<milliseconds * 8 { samples.append(Float.random(in: -amplitude...amplitude, using: &random)) }
  }

  mutating func zeros(_ milliseconds: Int) {
    samples += [Float](repeating: 0, count: milliseconds * 8)
  }
}

/// A recogniser that answers by script and keeps what it was asked.
final class ScriptedRecognizer: UtteranceRecognizing {
  struct Question {
    var utterance: [Float]
    var background: [Float]

    /// Milliseconds of the utterance that are louder than the room.
    var soundMs: Int {
      stride(from: 0, to: utterance.count, by: 80).count { utterance[$0..<$0 + 80].contains { abs($0) > 0.01 } } * 10
    }
  }

  private(set) var questions: [Question] = []
  private let answer: (Question) -> Hypothesis

  init(_ answer: @escaping (Question) -> Hypothesis) {
    self.answer = answer
  }

  func recognize(_ utterance: UnsafeBufferPointer<Float>, background: UnsafeBufferPointer<Float>) -> Hypothesis {
    let question = Question(utterance: Array(utterance), background: Array(background))
    questions.append(question)
    return answer(question)
  }
}

extension Hypothesis {
  /// Surer when calibrated, as the answers of our networks are: no rule may go by that.
  private static func guess(_ digit: Int, _ score: Double) -> Guess {
    Guess(
      digit: digit, score: score, confidence: score.squareRoot(),
      probabilities: (0...9).map { $0 == digit ? 1 : 0 })
  }

  static func certain(_ digit: Int) -> Hypothesis {
    Hypothesis(guess: guess(digit, 0.99), other: 0.01, decision: .digit(guess(digit, 0.99)), certainEarly: true)
  }

  static func doubtful(_ digit: Int) -> Hypothesis {
    Hypothesis(guess: guess(digit, 0.7), other: 0.1, decision: .digit(guess(digit, 0.7)), certainEarly: false)
  }

  /// A digit with some score, not certain early.
  static func rather(_ digit: Int, _ score: Double) -> Hypothesis {
    let guess = guess(digit, score)
    return Hypothesis(guess: guess, other: 0.1, decision: .digit(guess), certainEarly: false)
  }

  static let noDigit = Hypothesis(
    guess: guess(0, 0.05), other: 0.95, decision: .rejected(.notADigit, guess(0, 0.05)), certainEarly: false)
}

/// A listener with its recogniser, fed in blocks.
final class ListenerStage {
  let recognizer: ScriptedRecognizer
  private let listener: Listener
  private var fed = 0
  private var lostMs = 0.0
  private(set) var events: [ListenerEvent] = []

  init(
    settings: ListenerSettings = ListenerSettings(), clock: @escaping () -> Double = { 0 },
    wantsSpectrum: @escaping () -> Bool = { false },
    _ answer: @escaping (ScriptedRecognizer.Question) -> Hypothesis
  ) {
    recognizer = ScriptedRecognizer(answer)
    listener = Listener(recognizer: recognizer, settings: settings, wantsSpectrum: wantsSpectrum, clock: clock)
  }

  func hear(_ sound: Sound, block: Int = 80) {
    sound.samples.withUnsafeBufferPointer { samples in
      for start in stride(from: 0, to: samples.count, by: block) {
        let end = min(samples.count, start + block)
        fed += end - start
        listener.process(
          UnsafeBufferPointer(rebasing: samples[start..<end]), inputMs: Double(fed) / 8 + lostMs
        ) { events.append($0) }
      }
    }
  }

  func lose(milliseconds: Double) {
    lostMs += milliseconds
    listener.skip(milliseconds: milliseconds) { events.append($0) }
  }

  func putClockForward(milliseconds: Double) {
    lostMs += milliseconds
    listener.putClockForward(milliseconds: milliseconds)
  }

  func finish() {
    listener.finish { events.append($0) }
  }

  /// What was told but levels and spectra.
  var told: [ListenerEvent] {
    events.filter { event in
      switch event {
      case .level, .spectrum: false
      default: true
      }
    }
  }

  var spectra: [SoundSpectrum] {
    events.compactMap { if case .spectrum(let spectrum) = $0 { spectrum } else { nil } }
  }

  var transcripts: [(digit: Int, place: DecidedUtterance)] {
    events.compactMap { if case .transcript(let guess, let place) = $0 { (guess.digit, place) } else { nil } }
  }

  var rejections: [(reason: RejectionReason, place: DecidedUtterance)] {
    events.compactMap { if case .notDetected(let reason, _, let place) = $0 { (reason, place) } else { nil } }
  }
}
