import DigitNetwork
import SpeechFeatures
import Training

/// A model that has learned nothing: it answers, and always the same.
enum TinyModel {
  static func make(
    seed: UInt64 = 1, minimumScore: Double = 0, sources: [ModelMetadata.Source] = [],
    architecture: NetworkArchitecture = .standard(classes: Augmenter.classes)
  ) throws -> DigitModel {
    let labels = (0...9).map { "\($0)" } + ["other"]
    let network = try TrainableNetwork(architecture: architecture, seed: seed)
    let metadata = ModelMetadata(
      name: "tiny", version: "1", labels: Array(labels.prefix(architecture.classes)), architecture: architecture,
      features: FeatureParameters.standard.dictionary,
      calibration: ModelMetadata.Calibration(
        temperature: 1, minimumScore: minimumScore, maximumOther: 1, earlyScore: 0.99),
      training: ModelMetadata.Training(learnedFrom: sources, seed: seed, epochs: 0, command: "", notes: ""))
    return try DigitModel(
      metadata: metadata, tensors: network.tensors().mapValues { Tensor(shape: $0.shape, values: $0.values) })
  }
}
