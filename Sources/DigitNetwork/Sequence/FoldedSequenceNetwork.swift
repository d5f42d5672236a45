/// The sequence network for inference: batch normalisation is folded into the convolutions.
package struct FoldedSequenceNetwork: Sendable, Equatable {
  package struct Layer: Sendable, Equatable {
    package let shape: SequenceArchitecture.Layer
    /// [filters, channels, kernel frames, kernel bands]
    package let weights: [Float]
    package let bias: [Float]
  }

  package let architecture: SequenceArchitecture
  package let layers: [Layer]
  /// [outputs, inputs]
  package let headWeights: [Float]
  package let headBias: [Float]

  /// - Throws: `ModelError` when a tensor is missing, has another shape, or is too large once folded.
  package init(_ architecture: SequenceArchitecture, tensors: [String: Tensor]) throws(ModelError) {
    let shapes = architecture.tensorShapes
    func values(_ name: String) throws(ModelError) -> [Float] {
      guard let tensor = tensors[name], let shape = shapes[name] else {
        throw ModelError(field: "tensor '\(name)'", problem: "is missing")
      }
      guard tensor.shape == shape else {
        throw ModelError(
          field: "tensor '\(name)'", problem: "has shape \(tensor.shape), but the architecture asks for \(shape)")
      }
      return tensor.values
    }
    var layers: [Layer] = []
    for (index, shape) in architecture.layers.enumerated() {
      let i = index + 1
      var weights = try values("conv\(i).weight")
      let (gamma, beta) = (try values("bn\(i).weight"), try values("bn\(i).bias"))
      let (mean, variance) = (try values("bn\(i).running_mean"), try values("bn\(i).running_var"))
      if let bad = variance.firstIndex(where: { $0 < 0 }) {
        throw ModelError(field: "tensor 'bn\(i).running_var'", problem: "has a negative variance at index \(bad)")
      }
      let scales = gamma.indices.map { channel in
        Double(gamma[channel])
          / (Double(variance[channel]) + Double(SequenceArchitecture.batchNormEpsilon)).squareRoot()
      }
      for (channel, scale) in scales.enumerated() {
        for j in channel * shape.patch..<(channel + 1) * shape.patch { weights[j] = Float(scale * Double(weights[j])) }
      }
      let bias = scales.indices.map { Float(Double(beta[$0]) - scales[$0] * Double(mean[$0])) }
      guard weights.firstNotFinite == nil, bias.firstNotFinite == nil else {
        throw ModelError(field: "bn\(i)", problem: "scales its convolution beyond single precision")
      }
      layers.append(Layer(shape: shape, weights: weights, bias: bias))
    }
    self.architecture = architecture
    self.layers = layers
    headWeights = try values("fc.weight")
    headBias = try values("fc.bias")
  }
}
