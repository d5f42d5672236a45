import DigitNetwork
import Recognition

/// A recogniser whose calibration may be changed, and that asks the network only once for the same sound: so a recording
/// is heard at many thresholds for little more than the price of one. Owned by one thread at a time.
public final class MemoizingRecognizer: UtteranceRecognizing {
  private struct Key: Hashable {
    let sound: Int
    let background: Int
    let count: Int
  }

  public var calibration: ModelMetadata.Calibration
  private let recognizer: Recognizer
  private var logits: [Key: [Float]] = [:]

  public init(model: DigitModel) throws {
    recognizer = try Recognizer(model: model)
    calibration = model.metadata.calibration
  }

  /// How many different sounds were recognised since it was made, or since `forget`.
  public var known: Int { logits.count }

  public func forget() { logits.removeAll(keepingCapacity: true) }

  public func recognize(
    _ utterance: UnsafeBufferPointer<Float>, background: UnsafeBufferPointer<Float>
  ) -> Hypothesis {
    let key = Key(sound: Self.hash(utterance), background: Self.hash(background), count: utterance.count)
    if let known = logits[key] { return Recognizer.hypothesis(logits: known, calibration: calibration) }
    _ = recognizer.recognize(utterance, background: background)
    logits[key] = recognizer.logits
    return Recognizer.hypothesis(logits: recognizer.logits, calibration: calibration)
  }

  private static func hash(_ samples: UnsafeBufferPointer<Float>) -> Int {
    var hasher = Hasher()
    hasher.combine(bytes: UnsafeRawBufferPointer(samples))
    return hasher.finalize()
  }
}
