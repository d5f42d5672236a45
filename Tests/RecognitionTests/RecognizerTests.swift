import DigitNetwork
import Foundation
import Recognition
import SpeechFeatures
import TestSupport
import Testing

@Suite struct RecognizerTests {
  let calibration = ModelMetadata.Calibration(
    temperature: 1, minimumScore: 0.5, maximumOther: 0.4, earlyScore: 0.9)

  /// A network whose convolutions see nothing, so that its answer is the linear layer's bias.
  static func model(
    bias: [Float], features: [String: Double] = FeatureParameters.standard.dictionary, frames: Int = 128
  ) throws -> DigitModel {
    var architecture = NetworkArchitecture.standard(classes: bias.count)
    architecture.input.frames = frames
    var tensors: [String: Tensor] = [:]
    for (name, shape) in architecture.tensorShapes {
      let value: Float = name.hasSuffix("running_var") ? 1 : 0
      tensors[name] = Tensor(shape: shape, values: [Float](repeating: value, count: shape.reduce(1, *)))
    }
    tensors["fc.bias"] = Tensor(shape: [bias.count], values: bias)
    let labels = (0...9).map { "\($0)" } + (bias.count > 10 ? ["other"] : [])
    return try DigitModel(
      metadata: ModelMetadata(
        name: "made", version: "1", labels: labels, architecture: architecture, features: features,
        calibration: ModelMetadata.Calibration(
          temperature: 2, minimumScore: 0.5, maximumOther: 0.4, earlyScore: 0.9),
        training: ModelMetadata.Training(learnedFrom: [], seed: 0, epochs: 0, command: "", notes: "")),
      tensors: tensors)
  }

  func logits(_ digit: Int, _ value: Float, other: Float = 0) -> [Float] {
    var logits = [Float](repeating: 0, count: 11)
    logits[digit] = value
    logits[10] = other
    return logits
  }

  @Test func aClearDigitIsTold() {
    let result = Recognizer.hypothesis(logits: logits(7, 8), calibration: calibration)
    #expect(result.decision == .digit(result.guess))
    #expect(result.guess.digit == 7)
    #expect(abs(result.guess.probabilities.reduce(0, +) - 1) < 1e-12)
    // e⁸ / (e⁸ + 10)
    #expect(abs(result.guess.confidence - 0.996656) < 1e-6)
  }

  @Test func noDigitIsTurnedDownWithItsBestGuess() {
    let result = Recognizer.hypothesis(logits: logits(3, 2, other: 5), calibration: calibration)
    #expect(result.decision == .rejected(.notADigit, result.guess))
    #expect(result.guess.digit == 3)
    #expect(abs(result.guess.probabilities.reduce(0, +) - 1) < 1e-12, "given that a digit was said")
    #expect(result.guess.confidence < 0.1, "that a digit was said at all")
  }

  @Test func aDoubtfulDigitIsUnsure() {
    let result = Recognizer.hypothesis(logits: logits(3, 2), calibration: calibration)
    #expect(result.decision == .rejected(.unsure, result.guess))
  }

  @Test func temperatureSoftensWithoutChangingTheGuess() {
    var soft = calibration
    soft.temperature = 4
    let hard = Recognizer.hypothesis(logits: logits(3, 6), calibration: calibration)
    let softened = Recognizer.hypothesis(logits: logits(3, 6), calibration: soft)
    #expect(softened.guess.digit == hard.guess.digit)
    #expect(softened.guess.confidence < hard.guess.confidence)
  }

  @Test func aShiftMovesTheConfidenceAndNothingThatTheListenerGoesBy() {
    var shifted = calibration
    shifted.logOddsShift = 2
    for logits in [logits(3, 2), logits(3, 4), logits(3, 6), logits(3, 2, other: 5)] {
      let before = Recognizer.hypothesis(logits: logits, calibration: calibration)
      let after = Recognizer.hypothesis(logits: logits, calibration: shifted)
      #expect(before.guess.confidence == before.guess.score)
      #expect(after.guess.score == before.guess.score)
      #expect(after.guess.probabilities == before.guess.probabilities)
      #expect(after.other == before.other)
      #expect(after.decision.isDigit == before.decision.isDigit)
      let odds = before.guess.score / (1 - before.guess.score)
      #expect(abs(log(after.guess.confidence / (1 - after.guess.confidence)) - log(odds) - 2) < 1e-9)
    }
    // Of score 0.42 and, with the shift, of confidence 0.85: turned down all the same.
    let doubtful = Recognizer.hypothesis(logits: logits(3, 2), calibration: shifted)
    #expect(doubtful.guess.confidence > 0.8)
    #expect(!doubtful.decision.isDigit)
  }

  @Test(arguments: [-5.0, 0, 5]) func confidenceRisesWithTheScoreFromNoneToAll(shift: Double) {
    var shifted = calibration
    shifted.logOddsShift = shift
    let confidences = (0...1000).map { shifted.confidence(of: Double($0) / 1000) }
    #expect(confidences.first == 0 && confidences.last == 1)
    #expect(zip(confidences, confidences.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test func hugeLogitsDoNotOverflow() {
    let result = Recognizer.hypothesis(logits: logits(1, 3e38), calibration: calibration)
    #expect(result.guess.confidence == 1)
  }

  @Test func theModelsCalibrationIsUsed() throws {
    let recognizer = try Recognizer(model: Self.model(bias: logits(4, 8)))
    let tone = (0..<4000).map { Float($0 % 20) / 20 - 0.5 }
    let result = tone.withUnsafeBufferPointer { tone in
      recognizer.recognize(tone, background: UnsafeBufferPointer(rebasing: tone[..<0]))
    }
    #expect(result.guess.digit == 4)
    // e⁴ / (e⁴ + 10): the logit is halved by the temperature.
    #expect(abs(result.guess.confidence - 0.845191) < 1e-4)
  }

  @Test func otherFeaturesAreRefusedByName() throws {
    var features = FeatureParameters.standard.dictionary
    features["hop"] = 80
    let model = try Self.model(bias: logits(4, 8), features: features)
    let error = #expect(throws: RecognizerError.self) { try Recognizer(model: model) }
    #expect(error?.description.contains("hop is 80.0 there, 64.0 here") == true)
  }

  @Test func aNetworkThatLooksAtMoreThanTheFeaturesMakeIsRefused() throws {
    // Its weights fit: only what it would read beyond the features would be somebody else's memory.
    let model = try Self.model(bias: logits(4, 8), frames: 256)
    let error = #expect(throws: RecognizerError.self) { try Recognizer(model: model) }
    #expect(error?.description.contains("looks at 128 bands × 256 frames") == true)
  }

  @Test func aModelMayChooseHowDeepNoiseReductionGoes() throws {
    var features = FeatureParameters.standard.dictionary
    features["noise_reduction_depth"] = 0
    let without = try Recognizer(model: Self.model(bias: logits(4, 8), features: features))
    let with = try Recognizer(model: Self.model(bias: logits(4, 8)))
    var random = SeededGenerator(seed: 1)
    let noise = (0..<8000).map { _ in Float.random(in: -0.01...0.01, using: &random) }
    // A sawtooth at 400 Hz, in it.
    let tone = (0..<8000).map { Float($0 % 20) / 50 - 0.2 + noise[$0] }
    for recognizer in [with, without] {
      _ = tone.withUnsafeBufferPointer { tone in
        noise.withUnsafeBufferPointer { recognizer.recognize(tone, background: $0) }
      }
    }
    let extractor = try FeatureExtractor(FeatureParameters(metadata: features))
    // Said beforehand: a failing comparison would print all 16,384 numbers.
    let isUntouched = without.image == extractor.spectrogram(of: tone, background: [])
    let isAnother = without.image != with.image
    #expect(isUntouched)
    #expect(isAnother)
    features["noise_reduction_depth"] = -3
    let model = try Self.model(bias: logits(4, 8), features: features)
    #expect(throws: RecognizerError.self) { try Recognizer(model: model) }
  }
}

extension Decision {
  fileprivate var isDigit: Bool { if case .digit = self { true } else { false } }
}
