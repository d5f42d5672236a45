import DigitNetwork
import Events
import Recognition
import TestSupport
import Testing
import Training

@Suite struct EvaluatorTests {
  private func clip(_ label: RecordingLabel, words: Int) -> Clip {
    var room = Room()
    room.quiet(800)
    for _ in 0..<words {
      room.word(300)
      room.quiet(800)
    }
    return Clip(
      recording: Recording(
        path: "", label: label, speaker: "", source: "", licence: "", duration: 0, split: "test"),
      samples: room.samples, sound: 6400..<8800)
  }

  @Test func `the evaluator hears the same words as classify`() throws {
    let outcomes = try Evaluator(model: SevenModel.make()).outcomes(for: [
      clip(.digit(7), words: 1), clip(.digit(3), words: 1), clip(.digit(7), words: 2), clip(.noise, words: 0),
    ])
    #expect(outcomes.map(\.emitted) == [[7], [7], [7, 7], []])
    #expect(outcomes.prefix(3).allSatisfy { $0.recognition.guess.digit == 7 })
    // A digit emitted twice was emitted wrongly, however right the guess is.
    let summary = EvaluationSummary(outcomes)
    #expect(summary.right == 2 && summary.total == 3)
    #expect(summary.acceptedRight == 1 && summary.acceptedWrong == 2 && summary.rejected == 0)
    #expect(summary.noise?.accepted == 0)
  }

  @Test func `where no word is found the likeliest digit is guessed all the same`() throws {
    let outcome = try #require(
      try Evaluator(model: SevenModel.make()).outcomes(for: [clip(.digit(3), words: 0)]).first)
    #expect(outcome.emitted.isEmpty && outcome.recognition.guess.probabilities.count == 10)
    // What the network has of seven in the quiet is little, and more than of any other.
    #expect(outcome.recognition.guess.digit == 7)
    #expect(abs(outcome.recognition.guess.probabilities.reduce(0, +) - 1) < 1e-9)
  }

  @Test func `a rejected word keeps its guess`() throws {
    let outcome = try #require(
      try Evaluator(model: SevenModel.make(threshold: 1)).outcomes(for: [clip(.digit(7), words: 1)]).first)
    #expect(outcome.emitted.isEmpty && outcome.recognition.guess.digit == 7)
    #expect(outcome.recognition.decision == .rejected(.unsure, outcome.recognition.guess))
  }
}
