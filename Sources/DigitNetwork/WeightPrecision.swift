import KernelsBaseline

/// How finely a `DigitClassifier` holds the weights of its convolutions: as whole numbers times a scale for each output
/// channel.
public enum WeightPrecision: Sendable {
  /// 8 bits, for listening: a quarter of the memory, and of what must come from memory for an utterance, for an error of
  /// at most 1/254 of the channel's largest weight.
  case coarse
  /// 16 bits, for a training that asks the network how it does: an error of at most 1/65,534.
  case fine

  /// The largest number; the smallest is as far below zero.
  var largest: Int {
    switch self {
    case .coarse: 127
    case .fine: 32_767
    }
  }

  /// What stands for zero where the numbers are packed.
  var zero: Int {
    switch self {
    case .coarse: packedZero
    case .fine: packedFineZero
    }
  }
}

extension Tensor {
  /// The tensors of a model with the weights of its convolutions [outputs, inputs, bands, frames] as `DigitClassifier`
  /// has them: whoever else uses the model gets the same logits from them. Rounded again they stay the same.
  package static func rounded(_ tensors: [String: Tensor]) -> [String: Tensor] {
    var tensors = tensors
    for (name, tensor) in tensors where tensor.shape.count == 4 {
      tensors[name] = Tensor(shape: tensor.shape, values: rounded(tensor.values, channels: tensor.shape[0], .coarse))
    }
    return tensors
  }

  fileprivate static func rounded(_ values: [Float], channels: Int, _ precision: WeightPrecision) -> [Float] {
    let count = values.count / max(channels, 1)
    return values.withUnsafeBufferPointer { values in
      (0..<channels).flatMap { channel in
        let weights = UnsafeBufferPointer(rebasing: values[channel * count..<(channel + 1) * count])
        let rounding = WeightRounding(weights, precision)
        return weights.map(rounding.weight)
      }
    }
  }
}

extension FoldedNetwork {
  /// The network with the weights of its convolutions as `DigitClassifier` has them.
  package func rounded(_ precision: WeightPrecision = .coarse) -> FoldedNetwork {
    let layers = layers.map { layer in
      Layer(
        shape: layer.shape, weights: Tensor.rounded(layer.weights, channels: layer.bias.count, precision),
        bias: layer.bias)
    }
    return FoldedNetwork(architecture: architecture, layers: layers, headWeights: headWeights, headBias: headBias)
  }
}
