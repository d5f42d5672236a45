import FoundationEssentials

/// The network that reads running speech, with everything tuned for it: shape, weights, words, and the verdict.
package struct SequenceModel: Sendable, Equatable {
  /// A word that the network knows.
  package struct Label: Sendable, Equatable, Codable {
    /// The digit's name: "zero".
    package var text: String
    /// As it was said: "oh" for zero.
    package var spoken: String
    package var digit: Int

    package init(text: String, spoken: String, digit: Int) {
      self.text = text
      self.spoken = spoken
      self.digit = digit
    }
  }

  /// Whether a word that was found is told: a logistic function of named features, fitted by the trainer on streams.
  package struct Verdict: Sendable, Equatable, Codable {
    /// By the feature's name. One that is not named counts nothing.
    package var weights: [String: Double]
    package var bias: Double
    /// A word is told if its confidence is at least this.
    package var threshold: Double

    package init(weights: [String: Double], bias: Double, threshold: Double) {
      self.weights = weights
      self.bias = bias
      self.threshold = threshold
    }
  }

  package struct Metadata: Sendable, Equatable, Codable {
    package var language: String
    /// In the order of the network's scores; the blank comes after them.
    package var labels: [Label]
    package var architecture: SequenceArchitecture
    package var verdict: Verdict
    /// How the weights came about.
    package var training: ModelMetadata.Training

    package init(
      language: String, labels: [Label], architecture: SequenceArchitecture, verdict: Verdict,
      training: ModelMetadata.Training
    ) {
      self.language = language
      self.labels = labels
      self.architecture = architecture
      self.verdict = verdict
      self.training = training
    }
  }

  package var metadata: Metadata
  package let network: FoldedSequenceNetwork
  /// By PyTorch's names, as they were learned.
  package let tensors: [String: Tensor]

  /// - Throws: `ModelError` when the metadata is inconsistent or a tensor does not fit it.
  package init(metadata: Metadata, tensors: [String: Tensor]) throws(ModelError) {
    let architecture = metadata.architecture
    func require(_ condition: Bool, _ problem: String) throws(ModelError) {
      if !condition { throw ModelError(field: "the metadata entry \(Self.entry)", problem: problem) }
    }
    try require(
      metadata.labels.count + 1 == architecture.labels,
      "names \(metadata.labels.count) words, but the network has \(architecture.labels - 1)")
    try require(metadata.labels.allSatisfy { (0...9).contains($0.digit) }, "has a word whose digit is not 0 to 9")
    try require(
      Set(metadata.labels.map(\.digit)).count == 10, "does not name all ten digits")
    try require(architecture.activities == 3, "has \(architecture.activities) activities, not 3")
    try require(architecture.isUsable, "describes a network that cannot be computed")
    try require((0...1).contains(metadata.verdict.threshold), "has a threshold that is not within 0 to 1")
    try require(
      metadata.verdict.bias.isFinite && metadata.verdict.weights.values.allSatisfy(\.isFinite),
      "has a verdict with a number that is not finite")
    self.metadata = metadata
    self.tensors = tensors
    network = try FoldedSequenceNetwork(architecture, tensors: tensors)
  }

  /// The metadata entry and the prefix of the tensors in a model file.
  static let entry = "sequence"
  static let prefix = "sequence."

  /// Reads the part of a model file that is this network's; nil where there is none.
  init?(file: Safetensors) throws(ModelError) {
    guard let text = file.metadata[Self.entry] else { return nil }
    let metadata: Metadata
    do {
      metadata = try JSONDecoder().decode(Metadata.self, from: Data(text.utf8))
    } catch {
      throw ModelError(field: "the metadata entry \(Self.entry)", problem: "is not understood")
    }
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in file.tensors where name.hasPrefix(Self.prefix) {
      tensors[String(name.dropFirst(Self.prefix.count))] = tensor
    }
    try self.init(metadata: metadata, tensors: tensors)
  }

  func add(to file: inout Safetensors) throws(ModelError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let json = try? encoder.encode(metadata) else {
      throw ModelError(field: Self.entry, problem: "holds a value that JSON cannot express")
    }
    file.metadata[Self.entry] = String(decoding: json, as: UTF8.self)
    for (name, tensor) in tensors { file.tensors[Self.prefix + name] = tensor }
  }
}

extension SequenceArchitecture {
  /// Whether the kernels can compute it, and within reasonable memory.
  var isUsable: Bool {
    guard (1...512).contains(bands), (1...64).contains(channels), (1...64).contains(layers.count) else { return false }
    var (bands, channels) = (bands, channels)
    for layer in layers {
      guard layer.inputChannels == channels, layer.filters % 16 == 0, (16...4096).contains(layer.filters),
        (1...64).contains(layer.kernelFrames), (1...64).contains(layer.kernelBands), layer.kernelBands <= 2 * bands,
        (1...16).contains(layer.strideFrames), (1...16).contains(layer.strideBands), (1...256).contains(layer.dilation),
        layer.lookahead >= 0, layer.past >= 0, layer.strideFrames <= (layer.kernelFrames - 1) * layer.dilation + 1,
        bands + 2 * layer.bandPadding >= layer.kernelBands
      else { return false }
      if layer.isResidual {
        guard layer.filters == channels, layer.strideFrames == 1, layer.outputBands(of: bands) == bands else {
          return false
        }
      }
      let after = layer.outputBands(of: bands)
      // A frame's last outputs are computed one by one, four inputs at a time.
      if after % 6 != 0, after % 6 != 4, after % 6 != 2 || after < 8 {
        guard layer.kernelBands * channels % 4 == 0 else { return false }
      }
      (bands, channels) = (after, layer.filters)
    }
    return (2...64).contains(labels) && headInputs % 8 == 0
  }
}
