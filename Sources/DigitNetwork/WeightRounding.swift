/// The weights of one output channel as whole numbers of 16 bits: weight ≈ scale · number. Half of the memory, and of
/// what must come from memory for an utterance, for an error of at most 1/65,534 of the channel's largest weight.
struct WeightRounding {
  let scale: Float

  /// - Parameter weights: those of the channel, finite.
  init(_ weights: ArraySlice<Float>) {
    let largest = weights.reduce(0) { max($0, abs($1)) }
    // No scale under the smallest normal number, whose inverse could overflow.
    scale = max(largest / 32_767, .leastNormalMagnitude)
  }

  /// −32,767…32,767.
  func number(_ weight: Float) -> Int16 { Int16((weight / scale).rounded()) }

  func weight(_ number: Int16) -> Float { scale * Float(number) }
}

extension FoldedNetwork {
  /// The network with the weights of its convolutions as `DigitClassifier` has them: rounded to 16 bits.
  package var rounded: FoldedNetwork {
    let layers = layers.map { layer in
      let weights = layer.bias.indices.flatMap { channel in
        let weights = layer.weights(ofChannel: channel)
        let rounding = WeightRounding(weights)
        return weights.map { rounding.weight(rounding.number($0)) }
      }
      return Layer(shape: layer.shape, weights: weights, bias: layer.bias)
    }
    return FoldedNetwork(architecture: architecture, layers: layers, headWeights: headWeights, headBias: headBias)
  }
}
