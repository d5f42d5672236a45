/// The shape of the network that reads running speech: convolutions over [frames][bands][channels], each followed by
/// batch normalisation and ReLU, then one linear layer per output column.
///
/// The first layers are two-dimensional and reduce the spectrogram in time and frequency. The later ones work along
/// time only and have a receptive field far into the past and a little into the future.
package struct SequenceArchitecture: Sendable, Equatable, Codable {
  /// One convolution.
  package struct Layer: Sendable, Equatable, Codable {
    package var inputChannels: Int
    package var filters: Int
    /// Taps in time, `dilation` input frames apart.
    package var kernelFrames: Int
    package var kernelBands: Int
    package var strideFrames: Int
    package var strideBands: Int
    package var dilation: Int
    /// Input frames after the current one that the kernel sees (look-ahead).
    package var lookahead: Int
    /// Whether zero padding keeps the number of bands (before the stride). Without it the kernel stays inside.
    package var padsBands: Bool
    /// Whether the layer's input is added to its output.
    package var isResidual: Bool

    package init(
      _ inputChannels: Int, _ filters: Int, kernel: (frames: Int, bands: Int),
      stride: (frames: Int, bands: Int) = (1, 1),
      dilation: Int = 1, lookahead: Int, padsBands: Bool = true, isResidual: Bool = false
    ) {
      self.inputChannels = inputChannels
      self.filters = filters
      (kernelFrames, kernelBands) = kernel
      (strideFrames, strideBands) = stride
      self.dilation = dilation
      self.lookahead = lookahead
      self.padsBands = padsBands
      self.isResidual = isResidual
    }

    /// Input frames from the first that the kernel sees to the last.
    package var span: Int { (kernelFrames - 1) * dilation + 1 }
    /// Input frames before the current one that the kernel sees.
    package var past: Int { span - 1 - lookahead }
    package var bandPadding: Int { padsBands ? kernelBands / 2 : 0 }
    /// Input values per output value.
    package var patch: Int { kernelFrames * kernelBands * inputChannels }

    package func outputBands(of bands: Int) -> Int {
      (bands + 2 * bandPadding - kernelBands) / strideBands + 1
    }
  }

  /// Added to the variance in batch normalisation, as in PyTorch.
  package static let batchNormEpsilon: Float = 1e-5

  package var bands: Int
  package var channels: Int
  package var layers: [Layer]
  /// Number of scores for the words and, last, the blank.
  package var labels: Int
  /// Number of scores for silence, digit sound and other speech.
  package var activities: Int

  package init(bands: Int, channels: Int, layers: [Layer], labels: Int, activities: Int) {
    self.bands = bands
    self.channels = channels
    self.layers = layers
    self.labels = labels
    self.activities = activities
  }

  /// Values in one output column.
  package var outputs: Int { labels + activities }
  /// Input frames per output column.
  package var framesPerColumn: Int { layers.reduce(1) { $0 * $1.strideFrames } }
  /// Input frames after the current one that a column sees.
  package var lookahead: Int {
    layers.reversed().reduce(0) { $0 * $1.strideFrames + $1.lookahead }
  }
  /// Number of bands at the input of each layer, and at the output of the last.
  package var bandsByLayer: [Int] {
    layers.reduce(into: [bands]) { $0.append($1.outputBands(of: $0[$0.count - 1])) }
  }
  /// Inputs of the linear layer.
  package var headInputs: Int { (layers.last?.filters ?? channels) * (bandsByLayer.last ?? bands) }

  /// The shape of each learned tensor, by PyTorch's names.
  package var tensorShapes: [String: [Int]] {
    var shapes = ["fc.weight": [outputs, headInputs], "fc.bias": [outputs]]
    for (index, layer) in layers.enumerated() {
      let i = index + 1
      shapes["conv\(i).weight"] = [layer.filters, layer.inputChannels, layer.kernelFrames, layer.kernelBands]
      for name in ["weight", "bias", "running_mean", "running_var"] { shapes["bn\(i).\(name)"] = [layer.filters] }
    }
    return shapes
  }

  /// Floating-point operations per input frame on average: two for each weight and output.
  package var operationsPerFrame: Double {
    var (sum, framesIn) = (0.0, 1.0)
    for (layer, bands) in zip(layers, bandsByLayer) {
      framesIn /= Double(layer.strideFrames)
      sum += 2 * framesIn * Double(layer.outputBands(of: bands) * layer.filters * layer.patch)
    }
    return sum + 2 * framesIn * Double(headInputs * outputs)
  }

  /// The architecture of the shipped models: 64 bands and two channels every 8 ms in, one column every 32 ms out.
  ///
  /// The receptive field is 1.5 s of the past, to decide whether a word is part of a sentence, and 0.2 s of the future.
  package static func standard(labels: Int) -> SequenceArchitecture {
    SequenceArchitecture(
      bands: 64, channels: 2,
      layers: [
        Layer(2, 32, kernel: (5, 5), stride: (2, 2), lookahead: 2),
        Layer(32, 64, kernel: (3, 3), stride: (2, 2), lookahead: 1),
        Layer(64, 96, kernel: (3, 3), stride: (1, 2), lookahead: 1),
        Layer(96, 128, kernel: (3, 3), stride: (1, 2), lookahead: 1),
        Layer(128, 192, kernel: (3, 4), lookahead: 1, padsBands: false),
        Layer(192, 192, kernel: (5, 1), lookahead: 2, isResidual: true),
        Layer(192, 192, kernel: (3, 1), dilation: 2, lookahead: 0, isResidual: true),
        Layer(192, 192, kernel: (3, 1), dilation: 6, lookahead: 0, isResidual: true),
        Layer(192, 192, kernel: (3, 1), dilation: 14, lookahead: 0, isResidual: true),
      ],
      labels: labels, activities: 3)
  }
}
