package import DigitNetwork

/// A model that reads "seven" in every sound that stands well over the quiet, for as long as it lasts: with it what is
/// tested is the way, not what was learned.
package enum SevenModel {
  /// - Parameters:
  ///   - threshold: words are told from this confidence on; the model's is 0.9999.
  ///   - lateness: frames of 8 ms that each column waits for without need.
  package static func make(threshold: Double = 0.5, lateness: Int = 0) throws -> SequenceModel {
    let architecture = architecture(lateness)
    return try SequenceModel(
      metadata: SequenceModel.Metadata(
        name: "always-seven", version: "1", language: "en", labels: labels, architecture: architecture,
        verdict: SequenceModel.Verdict(weights: [:], bias: 9.2, threshold: threshold),
        training: TrainingRecord(learnedFrom: [], seed: 0, epochs: 0, command: "", notes: "")),
      tensors: tensors(architecture))
  }

  private static let labels = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
  ].enumerated().map { SequenceModel.Label(text: $1, spoken: $1, digit: $0) }

  /// One layer, a column every four frames.
  private static func architecture(_ lateness: Int) -> SequenceArchitecture {
    SequenceArchitecture(
      bands: 64, channels: 2,
      layers: [
        .init(2, 16, kernel: (4 + lateness, 1), stride: (4, 1), lookahead: 3 + lateness, padsBands: false)
      ], labels: 11, activities: 3)
  }

  private static func tensors(_ architecture: SequenceArchitecture) -> [String: Tensor] {
    let kernel = architecture.layers[0].kernelFrames
    // Of sixteen filters the first alone sees something: how far a band stands over 7.5 dB under the loudest of late.
    var weights = [Float](repeating: 0, count: 16 * 2 * kernel)
    for frame in 0..<4 { weights[frame] = 0.25 }
    var bias = [Float](repeating: 0, count: 16)
    bias[0] = -1.5
    // Scores: ten digits, blank; silence, digit, other. Seven and its sound rise with the sum over all bands.
    let inputs = architecture.headInputs
    var head = [Float](repeating: 0, count: 14 * inputs)
    for output in [7, 12] {
      for band in 0..<64 { head[output * inputs + band * 16] = 20 }
    }
    var headBias = [Float](repeating: -20, count: 14)
    (headBias[7], headBias[12]) = (-8, -8)
    (headBias[10], headBias[11]) = (0, 0)
    return [
      "conv1.weight": Tensor(shape: [16, 2, kernel, 1], values: weights),
      "bn1.weight": Tensor(shape: [16], values: [Float](repeating: 1, count: 16)),
      "bn1.bias": Tensor(shape: [16], values: bias),
      "bn1.running_mean": Tensor(shape: [16], values: [Float](repeating: 0, count: 16)),
      "bn1.running_var": Tensor(shape: [16], values: [Float](repeating: 1, count: 16)),
      "fc.weight": Tensor(shape: [14, inputs], values: head),
      "fc.bias": Tensor(shape: [14], values: headBias),
    ]
  }
}
