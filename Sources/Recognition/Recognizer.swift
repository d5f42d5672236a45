import DigitNetwork
import SpeechFeatures

/// Thrown when a model cannot be used by this program.
public struct RecognizerError: Error, CustomStringConvertible, Sendable {
  public let description: String
}

/// Utterance → features → network → decision, by the network for single words: the laboratory's. What is heard, live or in a
/// file, goes through `SoundStream`. Owned by one thread at a time.
public final class Recognizer {
  public let metadata: ModelMetadata
  private let extractor: FeatureExtractor
  private let classifier: DigitClassifier
  /// What the network last saw: 128 × 128, `[band * 128 + frame]`.
  package private(set) var image: [Float]
  /// What it said to that.
  package private(set) var logits: [Float]

  /// - Throws: `RecognizerError` when the model was made for other labels or features than this program has.
  public init(model: DigitModel) throws {
    let parameters = FeatureParameters(metadata: model.metadata.features)
    let metadata = model.metadata
    guard metadata.labels.prefix(10).elementsEqual((0...9).map(String.init)), metadata.labels.count <= 11 else {
      throw RecognizerError(
        description: "the model's labels are \(metadata.labels.joined(separator: ", ")): expected 0 to 9 and other")
    }
    if let name = parameters.mismatch(with: metadata.features) {
      let theirs = metadata.features[name].map { "\($0)" } ?? "missing"
      let ours = parameters.dictionary[name].map { "\($0)" } ?? "no such parameter"
      throw RecognizerError(
        description: "the model was trained with other features: \(name) is \(theirs) there, \(ours) here")
    }
    let input = metadata.architecture.input
    guard (input.bands, input.frames) == (parameters.bands, parameters.frames) else {
      throw RecognizerError(
        description: "the model looks at \(input.bands) bands × \(input.frames) frames, "
          + "but its features make \(parameters.bands) × \(parameters.frames)")
    }
    self.metadata = metadata
    extractor = try FeatureExtractor(parameters)
    classifier = try DigitClassifier(model)
    image = [Float](repeating: 0, count: parameters.spectrogramCount)
    logits = [Float](repeating: 0, count: metadata.labels.count)
  }

  /// - Parameters:
  ///   - utterance: 8 kHz mono, as voice activity cut it.
  ///   - background: what was heard before it, without speech; may be empty.
  public func recognize(
    _ utterance: UnsafeBufferPointer<Float>, background: UnsafeBufferPointer<Float>
  ) -> Hypothesis {
    image.withUnsafeMutableBufferPointer { image in
      logits.withUnsafeMutableBufferPointer { logits in
        guard let image = image.baseAddress, let logits = logits.baseAddress else { return }
        extractor.spectrogram(of: utterance, background: background, into: image)
        classifier.logits(of: image, into: logits)
      }
    }
    return Self.hypothesis(logits: logits, calibration: metadata.calibration)
  }

  /// Logits → calibrated probabilities → decision.
  ///
  /// - Parameter logits: ten digits', then, if there is an eleventh, that of "no digit".
  public static func hypothesis(logits: [Float], calibration: ModelMetadata.Calibration) -> Hypothesis {
    let scaled = logits.map { Double($0) / calibration.temperature }
    let all = softmax(scaled)
    let probabilities = softmax(Array(scaled.prefix(10)))
    let digit = probabilities.indices.max { probabilities[$0] < probabilities[$1] } ?? 0
    let other = all.count > 10 ? all[10] : 0
    let guess = Guess(
      digit: digit, score: all[digit], confidence: calibration.confidence(of: all[digit]), probabilities: probabilities)
    let decision: Decision =
      if guess.score >= calibration.minimumScore {
        .digit(guess)
      } else {
        .rejected(other > calibration.maximumOther ? .notADigit : .unsure, guess)
      }
    return Hypothesis(guess: guess, other: other, decision: decision)
  }
}
