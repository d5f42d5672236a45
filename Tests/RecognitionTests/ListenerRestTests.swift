import AudioInput
import Recognition
import TestSupport
import Testing

/// While nothing is under way sound may come late and in one piece: nothing that is decided comes later for it.
@Suite struct ListenerRestTests {
  /// An event and when it came: how much sound had been heard by then, in ms.
  private struct Told: Equatable {
    var event: ListenerEvent
    var atMs: Int

    var isDecision: Bool {
      switch event {
      case .transcript, .notDetected: true
      case .voiceStarted, .voiceStopped, .level, .spectrum, .condition: false
      }
    }
  }

  /// What a listener tells of sound that comes in periods of 10 ms while it attends, and `restMs` after the last
  /// delivery while it rests.
  private func told(of sound: Sound, restMs: Int) -> [Told] {
    let recognizer = ScriptedRecognizer { question in
      switch question.soundMs / 10 % 3 {
      case 0: .certain(question.soundMs % 10)
      case 1: .doubtful(question.soundMs % 7)
      default: .noDigit
      }
    }
    let listener = Listener(
      recognizer: recognizer, settings: ListenerSettings(), wantsSpectrum: { true }, clock: { 0 })
    var told: [Told] = []
    var waiting = 0
    sound.samples.withUnsafeBufferPointer { samples in
      for end in stride(from: 80, through: samples.count, by: 80) {
        waiting += 1
        guard !listener.mayRest || waiting * 10 >= restMs || end + 80 > samples.count else { continue }
        for piece in (1...waiting).reversed() {
          let stop = end - (piece - 1) * 80
          listener.process(UnsafeBufferPointer(rebasing: samples[stop - 80..<stop]), inputMs: Double(stop / 8)) {
            told.append(Told(event: $0, atMs: end / 8))
          }
        }
        waiting = 0
      }
    }
    return told
  }

  private func scene(seed: UInt64) -> Sound {
    var random = SeededGenerator(seed: seed)
    var sound = Sound()
    while sound.milliseconds < 30_000 {
      sound.room(.random(in: 30...1800, using: &random))
      let length = Int.random(in: 20...700, using: &random)
      let amplitude = Float.random(in: 0.003...0.5, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: sound.noise(length, amplitude: amplitude)
      case 1: sound.zeros(length)
      default: sound.tone(length, amplitude: amplitude)
      }
    }
    sound.room(1000)
    return sound
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `what is told, and when it is decided, is the same with rests`(seed: UInt64) {
    // Given half a minute of words, bumps and silences of all lengths
    let sound = scene(seed: seed)
    // When one listener gets it period by period, the other with the longest rests a microphone takes
    let close = told(of: sound, restMs: 0)
    let rested = told(of: sound, restMs: Attention.longestRest)
    // Then both tell the same, and decide at the same moment
    #expect(close.count { $0.isDecision } > 5)
    let isSame = rested.elementsEqual(close) { $0.event == $1.event && ($0.atMs == $1.atMs || !$0.isDecision) }
    #expect(isSame)
    // and nothing else comes later than a rest
    #expect(zip(rested, close).allSatisfy { (0...Attention.longestRest).contains($0.atMs - $1.atMs) })
  }

  @Test func `rests longer than a word takes to be decided would be noticed`() {
    let late = (UInt64(1)...12).contains { seed in
      let sound = scene(seed: seed)
      return told(of: sound, restMs: 500).filter(\.isDecision) != told(of: sound, restMs: 0).filter(\.isDecision)
    }
    #expect(late)
  }

  @Test func `a rest is shorter than the shortest way from a word's first sound to its decision`() {
    let words = ListenerSettings().words
    let shortest = words.shortestAttempt + (words.earliestQuiet.min() ?? 0)
    #expect(Attention.longestRest < shortest * 10)
  }
}
