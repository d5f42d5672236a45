/// The network as it is used once learned: batch normalisation with its running statistics is an affine map of each
/// channel, so it goes into the weights of the convolution before it.
///
///     y = γ · (w ∗ x − μ) / √(σ² + ε) + β   =   (s · w) ∗ x + (β − s · μ),   s = γ / √(σ² + ε)
public struct FoldedNetwork: Sendable, Equatable {
  /// A convolution with a bias, followed by ReLU.
  public struct Layer: Sendable, Equatable {
    /// That of one member.
    public let shape: NetworkArchitecture.Convolution
    /// [members · outputChannels, inputChannels, kernel.bands, kernel.frames]
    public let weights: [Float]
    /// [members · outputChannels]
    public let bias: [Float]

    /// The layer of one member alone.
    func member(_ index: Int) -> Layer {
      let channels = index * shape.outputChannels..<(index + 1) * shape.outputChannels
      let count = weights.count / bias.count
      return Layer(
        shape: shape, weights: Array(weights[channels.lowerBound * count..<channels.upperBound * count]),
        bias: Array(bias[channels]))
    }
  }

  public let architecture: NetworkArchitecture
  public let layers: [Layer]
  /// [classes, members · headInputs], a head input's index being (member · channels + channel) · bands + band.
  public let headWeights: [Float]
  /// [classes]
  public let headBias: [Float]

  init(architecture: NetworkArchitecture, layers: [Layer], headWeights: [Float], headBias: [Float]) {
    self.architecture = architecture
    self.layers = layers
    self.headWeights = headWeights
    self.headBias = headBias
  }

  /// - Throws: `ModelError` when a weight, folded, is too large for single precision.
  public init(_ model: DigitModel) throws(ModelError) {
    func values(_ name: String) -> [Float] { model.tensors[name]?.values ?? [] }

    let architecture = model.metadata.architecture
    var layers: [Layer] = []
    for (i, shape) in architecture.convolutions.enumerated() {
      var weights = values("conv\(i + 1).weight")
      let (gamma, beta) = (values("bn\(i + 1).weight"), values("bn\(i + 1).bias"))
      let (mean, variance) = (values("bn\(i + 1).running_mean"), values("bn\(i + 1).running_var"))
      let perChannel = weights.count / gamma.count
      let scales = gamma.indices.map { channel in
        Double(gamma[channel])
          / (Double(variance[channel]) + Double(NetworkArchitecture.batchNormEpsilon)).squareRoot()
      }
      weights.withUnsafeMutableBufferPointer { weights in
        for (channel, scale) in scales.enumerated() {
          for j in channel * perChannel..<(channel + 1) * perChannel { weights[j] = Float(scale * Double(weights[j])) }
        }
      }
      let bias = scales.indices.map { Float(Double(beta[$0]) - scales[$0] * Double(mean[$0])) }
      guard weights.firstNotFinite == nil, bias.firstNotFinite == nil else {
        throw ModelError(field: "bn\(i + 1)", problem: "scales its convolution beyond single precision")
      }
      layers.append(Layer(shape: shape, weights: weights, bias: bias))
    }
    self.architecture = architecture
    self.layers = layers
    self.headWeights = values("fc.weight")
    self.headBias = values("fc.bias")
  }
}
