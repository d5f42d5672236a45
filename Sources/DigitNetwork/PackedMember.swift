/// One network of an ensemble, or the only one, made ready for the kernels.
struct PackedMember {
  let convolutions: [PackedConvolution]
  /// [classes, bands, channels], divided by the number of frames.
  let headWeights: AlignedFloats
  /// [classes]; the first member has all of it, so that what the members add up to has it once.
  let headBias: AlignedFloats

  /// - Parameter planes: the input of each convolution, and the output of the last.
  init(_ member: Int, of network: FoldedNetwork, planes: [PackedConvolution.Plane], _ precision: WeightPrecision) {
    let architecture = network.architecture
    convolutions = network.layers.indices.map { i in
      PackedConvolution(network.layers[i], of: member, from: planes[i], to: planes[i + 1], precision)
    }
    let last = planes[planes.count - 1]
    let (bands, inputs) = (last.extent.bands, architecture.headInputs)
    headWeights = AlignedFloats(count: architecture.classes * bands * last.channels)
    headBias = AlignedFloats(count: architecture.classes)
    for c in 0..<architecture.classes {
      if member == 0 { headBias.pointer[c] = network.headBias[c] }
      let row = (c * architecture.members + member) * inputs
      for input in 0..<inputs {
        let (channel, band) = input.quotientAndRemainder(dividingBy: bands)
        headWeights.pointer[(c * bands + band) * last.channels + channel] =
          network.headWeights[row + input] / Float(last.extent.frames)
      }
    }
  }
}
