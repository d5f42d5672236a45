import DigitNetwork
import Foundation
import Recognition
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite struct CalibrationTests {
  static func right(_ model: DigitModel, _ clips: [Clip]) throws -> [Outcome] {
    try Evaluator(model: model).outcomes(for: clips).filter {
      $0.recording.label == .digit($0.recognition.guess.digit)
    }
  }

  @Test(arguments: [1, 2, 3, 4] as [UInt64]) func theThresholdLiesBetweenTheLeastSure(seed: UInt64) throws {
    // Given a network that has hardly learned anything, but guesses some recordings rightly
    let scratch = try TemporaryFolder()
    let clips = try TrainingData(folders: [LeaveOneOutTests.folder(scratch)]).learned
    let raw = try TinyModel.make(seed: seed)
    // When its threshold is fitted to them
    var metadata = raw.metadata
    metadata.calibration = .fitted(to: try Evaluator(model: raw).outcomes(for: clips))
    let model = try DigitModel(metadata: metadata, tensors: raw.tensors)
    // Then it lies between the two least sure, as far from the first as 0.978 say of fewer than twenty.
    let scores = try Self.right(model, clips).map(\.recognition.guess.score).sorted()
    #expect((2..<20).contains(scores.count))
    let between = (metadata.calibration.minimumScore - scores[0]) / (scores[1] - scores[0])
    #expect(abs(between - 0.022 * Double(scores.count - 1)) < 1e-3)
  }

  /// What a network says that gives three to one for "no digit" where there is nothing to choose.
  private static func outcome(_ label: RecordingLabel, digit: Int, logit: Float) -> Outcome {
    let logits = (0...10).map { $0 == digit ? logit : $0 == 10 ? 1.1 : -8 }
    return Outcome(
      recording: Recording(
        path: "a", label: label, speaker: "s", source: "x", licence: "", duration: 1, split: "validate"),
      recognition: Recognizer.hypothesis(logits: logits, calibration: .raw))
  }

  private static let digits = [8, 5, 3, 1.5, 0.5, 0, -1].map { outcome(.digit(3), digit: 3, logit: $0) }
  private static let speech = [-7, -6, -5, -3, -1.5, 1, -4, -6].map { outcome(.speech, digit: 5, logit: $0) }

  private static func confidence(_ outcome: Outcome, _ calibration: ModelMetadata.Calibration) -> Double {
    // At temperature 1 these logarithms are the logits, shifted, which changes no probability.
    let recognition = outcome.recognition
    let logits =
      recognition.guess.probabilities.map { Float(log($0 * (1 - recognition.other))) } + [Float(log(recognition.other))]
    return Recognizer.hypothesis(logits: logits, calibration: calibration).guess.confidence
  }

  @Test func confidencesAreInTheMeanAsHighAsAnswersAreOftenRight() {
    // Given answers to digits and to other speech, the latter more, one digit taken for another
    let outcomes = Self.digits + [Self.outcome(.digit(4), digit: 9, logit: -0.5)] + Self.speech + Self.speech
    // When they are calibrated
    let calibration = ModelMetadata.Calibration.fitted(to: outcomes)
    // Then digits and other speech, each for half, are as sure as they are right: seven of eight, and none.
    func mean(_ outcomes: some Collection<Outcome>) -> Double {
      outcomes.reduce(0) { $0 + Self.confidence($1, calibration) } / Double(outcomes.count)
    }
    #expect(calibration.logOddsShift > 0.5, "\(calibration)")
    #expect(abs(mean(outcomes.prefix(8)) + mean(outcomes.dropFirst(8)) - 7.0 / 8) < 1e-3)
  }

  @Test func digitsAloneAreNotShifted() {
    // They would be surer and surer, with nothing to hold them.
    let calibration = ModelMetadata.Calibration.fitted(to: Self.digits)
    #expect(calibration.logOddsShift == 0)
    #expect(ModelMetadata.Calibration.fitted(to: Self.speech) == .raw, "of other speech alone nothing is learned")
  }
}
