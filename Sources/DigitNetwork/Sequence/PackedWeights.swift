/// A convolution's weights in the kernels' layout.
enum PackedWeights {
  /// [panels, patch, 16]
  case full(AlignedFloats)
  /// [panels, patch / 2, 16] pairs of bfloat16, for a layer with one output a frame, where each weight is used once and
  /// takes longer to fetch than to multiply with. It halves such a layer's time and moves the scores by less than a
  /// hundredth of the largest.
  case narrow(AlignedBuffer<UInt32>)
  /// For a processor that is faster with integers, and the kernels that are.
  case integers(IntegerWeights, IntegerKernels)
  /// The same for a layer with one output a frame.
  case narrowIntegers(NarrowIntegerWeights, IntegerKernels)

  /// - Parameter integers: the kernels for integers, where they are to be used if the weights allow it.
  init(_ layer: FoldedSequenceNetwork.Layer, areNarrow: Bool, integers: IntegerKernels?) {
    let shape = layer.shape
    let (panels, patch) = (shape.filters / panelWidth, shape.patch)
    let floats = AlignedFloats(count: panels * patch * panelWidth)
    // [filters, channels, frames, bands] → [panel, frames, bands, channels, 16]
    let (channels, bands) = (shape.inputChannels, shape.kernelBands)
    for filter in 0..<shape.filters {
      let (panel, lane) = filter.quotientAndRemainder(dividingBy: panelWidth)
      for channel in 0..<channels {
        for frame in 0..<shape.kernelFrames {
          for band in 0..<bands {
            let from = ((filter * channels + channel) * shape.kernelFrames + frame) * bands + band
            let k = (frame * bands + band) * channels + channel
            floats.pointer[(panel * patch + k) * panelWidth + lane] = layer.weights[from]
          }
        }
      }
    }
    if areNarrow, let integers,
      let weights = NarrowIntegerWeights(floats, panels: panels, patch: patch, run: bands * channels)
    {
      self = .narrowIntegers(weights, integers)
      return
    }
    if let integers,
      let weights = IntegerWeights(floats, panels: panels, rows: shape.kernelFrames, run: bands * channels)
    {
      self = .integers(weights, integers)
      return
    }
    guard areNarrow, (bands * channels).isMultiple(of: 2) else {
      self = .full(floats)
      return
    }
    let pairs = AlignedBuffer<UInt32>(count: floats.count / 2)
    for place in 0..<pairs.count {
      let (pair, lane) = place.quotientAndRemainder(dividingBy: panelWidth)
      let first = floats.pointer + (2 * pair * panelWidth + lane)
      pairs.pointer[place] = Self.narrow(first[0]) | Self.narrow(first[panelWidth]) << 16
    }
    self = .narrow(pairs)
  }

  /// For integers: what makes them from a frame's floats, and how far from 0 they go.
  var quantisation: (quantise: IntegerKernels.Quantise, largest: Int)? {
    switch self {
    case .full, .narrow: nil
    case .integers(_, let kernels): (kernels.quantise, IntegerWeights.largestInput)
    case .narrowIntegers(_, let kernels): (kernels.quantise, NarrowIntegerWeights.largestInput)
    }
  }

  /// The bfloat16 nearest to a finite value; ties go to the even one.
  static func narrow(_ value: Float) -> UInt32 {
    let bits = value.bitPattern
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16
  }
}
