import KernelsBaseline

/// A convolution with bias and ReLU made ready for the kernels: its weights packed, and where in the input each output
/// pixel begins looking.
struct PackedConvolution {
  /// Activations between two layers: [bands, frames, channels] within a border of zeros as wide as the padding of the
  /// convolution that reads them. The border is written once, at the start; layers write what is inside.
  struct Plane {
    let extent: NetworkArchitecture.Extent
    let padding: NetworkArchitecture.Extent
    /// Channels there is room for: a multiple of the panels' width, but for the spectrogram's single one.
    let channels: Int

    var rowLength: Int { (extent.frames + 2 * padding.frames) * channels }
    var count: Int { (extent.bands + 2 * padding.bands) * rowLength }

    /// Where the channels of (band, frame) begin, in floats; either may lie in the border.
    func offset(band: Int, frame: Int) -> Int {
      (band + padding.bands) * rowLength + (frame + padding.frames) * channels
    }
  }

  private let rows: Int
  private let runLength: Int
  private let rowStride: Int
  private let panels: Int
  private let sixes: Int
  private let fours: Int
  private let weights: PackedWeights
  private let bias: AlignedFloats
  private let xOffsets: [Int32]
  private let yOffsets: [Int32]

  /// The channels a plane has room for when `channels` are computed into it.
  static func paddedChannels(_ channels: Int) -> Int { (channels + panelWidth - 1) / panelWidth * panelWidth }

  /// Floats that `run` needs room for: one panel's weights.
  var scratchCount: Int { PackedWeights.floats(ofPanel: rows * runLength) }

  /// - Parameter member: which network's channels of the layer.
  init(
    _ layer: FoldedNetwork.Layer, of member: Int, from input: Plane, to output: Plane, _ precision: WeightPrecision
  ) {
    let (shape, kernel) = (layer.shape, layer.shape.kernel)
    rows = kernel.bands
    runLength = kernel.frames * input.channels
    rowStride = input.rowLength
    panels = output.channels / panelWidth

    weights = PackedWeights(
      layer, of: member, inputChannels: input.channels, outputChannels: output.channels, precision)
    bias = AlignedFloats(count: output.channels)
    for o in 0..<shape.outputChannels { bias.pointer[o] = layer.bias[member * shape.outputChannels + o] }

    // The pixels in groups of six and four; where neither fits, the last pixel is computed more than once.
    let pixels = output.extent.bands * output.extent.frames
    switch pixels % 6 {
    case 0: (sixes, fours) = (pixels / 6, 0)
    case 2 where pixels >= 8: (sixes, fours) = (pixels / 6 - 1, 2)
    case 1...4: (sixes, fours) = (pixels / 6, 1)
    default: (sixes, fours) = (pixels / 6 + 1, 0)
    }
    var (xOffsets, yOffsets): ([Int32], [Int32]) = ([], [])
    for slot in 0..<6 * sixes + 4 * fours {
      let (band, frame) = min(slot, pixels - 1).quotientAndRemainder(dividingBy: output.extent.frames)
      let first = input.offset(
        band: band * shape.stride.bands - kernel.bands / 2, frame: frame * shape.stride.frames - kernel.frames / 2)
      xOffsets.append(Int32(first))
      yOffsets.append(Int32(output.offset(band: band, frame: frame)))
    }
    (self.xOffsets, self.yOffsets) = (xOffsets, yOffsets)
  }

  /// x, y: of the planes that this was made for; scratch: of `scratchCount` or more.
  func run(_ x: AlignedFloats, _ y: AlignedFloats, scratch: AlignedFloats, _ kernels: KernelTable) {
    xOffsets.withUnsafeBufferPointer { from in
      yOffsets.withUnsafeBufferPointer { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        kernels.convolve(
          x.pointer, weights.numbers.pointer, weights.precision == .fine, weights.scales.pointer, bias.pointer,
          scratch.pointer, y.pointer, from, to, sixes, fours, panels, rows, runLength, rowStride)
      }
    }
  }
}
