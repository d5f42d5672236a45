/// The network that reads running speech, with everything tuned for it: architecture, weights, words and verdict.
package struct SequenceModel: Sendable, Equatable {
  /// A word that the network knows.
  package struct Label: Sendable, Equatable {
    /// The digit's name in the model's language: "zero", "سبعة".
    package var text: String
    /// As it was said: "oh" for zero.
    package var spoken: String
    /// The name in Latin letters, for a terminal; nil where `text` is in Latin letters already.
    package var latin: String?
    package var digit: Int

    package init(text: String, spoken: String? = nil, latin: String? = nil, digit: Int) {
      self.text = text
      self.spoken = spoken ?? text
      self.latin = latin
      self.digit = digit
    }
  }

  /// Decides whether a word that was found is emitted: a logistic function of named features, fitted on streams by the
  /// trainer.
  package struct Verdict: Sendable, Equatable {
    /// By the feature's name. A feature without an entry has weight 0.
    package var weights: [String: Double]
    package var bias: Double
    /// A word is emitted if its confidence is at least this.
    package var threshold: Double

    package init(weights: [String: Double], bias: Double, threshold: Double) {
      self.weights = weights
      self.bias = bias
      self.threshold = threshold
    }
  }

  package struct Metadata: Sendable, Equatable {
    /// The model's name in events: "digits".
    package var name: String
    package var version: String
    /// The language of the digits, BCP 47.
    package var language: String
    /// In the order of the network's scores; the blank comes last and is not included.
    package var labels: [Label]
    package var architecture: SequenceArchitecture
    package var verdict: Verdict
    package var search: Search
    /// How the weights were trained.
    package var training: TrainingRecord

    package init(
      name: String, version: String, language: String, labels: [Label], architecture: SequenceArchitecture,
      verdict: Verdict, search: Search = Search(), training: TrainingRecord
    ) {
      self.name = name
      self.version = version
      self.language = language
      self.labels = labels
      self.architecture = architecture
      self.verdict = verdict
      self.search = search
      self.training = training
    }
  }

  package var metadata: Metadata
  package let network: FoldedSequenceNetwork
  /// The learned tensors by PyTorch's names.
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
    // Words become file names and lines of text.
    try require(
      metadata.labels.allSatisfy { label in
        [label.text, label.spoken, label.latin ?? label.text].allSatisfy { word in
          !word.isEmpty && !word.contains("/")
            && word.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        }
      }, "has a word that is empty or has a slash or a control character")
    try require(!metadata.name.isEmpty, "has no name")
    try require(!metadata.language.isEmpty, "names no language")
    try require(architecture.activities == 3, "has \(architecture.activities) activities, not 3")
    try require(architecture.isUsable, "describes a network that cannot be computed")
    try require((0...1).contains(metadata.verdict.threshold), "has a threshold that is not within 0 to 1")
    try require(
      metadata.verdict.bias.isFinite && metadata.verdict.weights.values.allSatisfy(\.isFinite),
      "has a verdict with a number that is not finite")
    try require(metadata.search.isUsable, "has a search with a number out of its range")
    self.metadata = metadata
    self.tensors = tensors
    network = try FoldedSequenceNetwork(architecture, tensors: tensors)
    let shapes = architecture.tensorShapes
    if let unknown = tensors.keys.filter({ shapes[$0] == nil }).min() {
      throw ModelError(field: "tensor \(ModelError.quote(unknown))", problem: "is not part of the architecture")
    }
  }
}

extension SequenceArchitecture {
  /// Whether the kernels can compute it in a reasonable amount of memory.
  var isUsable: Bool {
    guard (1...512).contains(bands), (1...64).contains(channels), (1...64).contains(layers.count) else { return false }
    var (bands, channels) = (bands, channels)
    for layer in layers {
      guard layer.inputChannels == channels, layer.filters % 16 == 0, (16...4096).contains(layer.filters),
        (1...64).contains(layer.kernelFrames), (1...64).contains(layer.kernelBands), layer.kernelBands <= 2 * bands,
        (1...16).contains(layer.strideFrames), (1...16).contains(layer.strideBands), (1...256).contains(layer.dilation),
        layer.lookahead >= 0, layer.past >= 0, layer.strideFrames <= layer.span,
        bands + 2 * layer.bandPadding >= layer.kernelBands
      else { return false }
      if layer.isResidual {
        guard layer.filters == channels, layer.strideFrames == 1, layer.outputBands(of: bands) == bands else {
          return false
        }
      }
      let after = layer.outputBands(of: bands)
      // The last outputs of a frame are computed one at a time, four inputs at once.
      if after % 6 != 0, after % 6 != 4, after % 6 != 2 || after < 8 {
        guard layer.kernelBands * channels % 4 == 0 else { return false }
      }
      (bands, channels) = (after, layer.filters)
    }
    return (2...64).contains(labels) && headInputs % 8 == 0
  }
}

extension [SequenceModel.Label] {
  /// The digit of each word, in lower case: as it is written, said, and transliterated.
  package var digitsByWord: [String: Int] {
    reduce(into: [:]) { digits, label in
      for word in [label.text, label.spoken, label.latin].compactMap(\.self) { digits[word.lowercased()] = label.digit }
    }
  }
}
