import KernelsBaseline

/// The weights of a convolution as the kernels read them.
struct PackedWeights {
  let precision: WeightPrecision
  /// [panels, ⌈length / 2⌉, 8, 2, 2] numbers of 8 bits or [panels, length, 8, 2] of 16: see `convolveAndRectify`.
  let numbers: AlignedBuffer<UInt8>
  /// [panels, 16]; of the channels that only fill up a panel it is zero.
  let scales: AlignedFloats

  /// - Parameters:
  ///   - member: which network's channels of the layer.
  ///   - inputChannels, outputChannels: how many the planes before and after have room for.
  init(
    _ layer: FoldedNetwork.Layer, of member: Int, inputChannels: Int, outputChannels: Int, _ precision: WeightPrecision
  ) {
    let shape = layer.shape
    let taps = shape.kernel.bands * shape.kernel.frames
    let panelBytes = Self.bytes(ofPanel: taps * inputChannels, precision)
    self.precision = precision
    numbers = AlignedBuffer(count: outputChannels / panelWidth * panelBytes, repeating: UInt8(packedZero))
    scales = AlignedFloats(count: outputChannels)
    let (count, first) = (taps * shape.inputChannels, member * shape.outputChannels)
    layer.weights.withUnsafeBufferPointer { all in
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { rounded in
        for o in 0..<shape.outputChannels {
          let weights = UnsafeBufferPointer(rebasing: all[(first + o) * count..<(first + o + 1) * count])
          let rounding = WeightRounding(weights, precision)
          scales.pointer[o] = rounding.scale
          rounding.numbers(of: weights, into: rounded)
          let (panel, lane) = (o / panelWidth, o % panelWidth)
          pack(
            rounded, taps: taps, inputChannels: inputChannels, panel: numbers.pointer + panel * panelBytes, lane: lane)
        }
      }
    }
  }

  /// How many floats a panel becomes where `length` of its weights for each channel are used.
  static func floats(ofPanel length: Int) -> Int { (length + 1) / 2 * 2 * panelWidth }

  private static func bytes(ofPanel length: Int, _ precision: WeightPrecision) -> Int {
    switch precision {
    case .coarse: floats(ofPanel: length)
    case .fine: length * panelWidth * 2
    }
  }

  /// Puts one output channel's numbers [in, taps] where they belong.
  private func pack(
    _ rounded: UnsafeMutableBufferPointer<UInt16>, taps: Int, inputChannels: Int, panel: UnsafeMutablePointer<UInt8>,
    lane: Int
  ) {
    let (begin, half) = (panel + lane % 8 * 4, lane / 8)
    for tap in 0..<taps {
      for i in 0..<rounded.count / taps {
        let (k, number) = (tap &* inputChannels &+ i, rounded[i &* taps &+ tap])
        switch precision {
        case .coarse:
          begin[(k &>> 1) &* 32 &+ (k & 1) &* 2 &+ half] = UInt8(truncatingIfNeeded: number)
        case .fine:
          UnsafeMutableRawPointer(begin + (k &* 32 &+ half &* 2)).storeBytes(of: number.littleEndian, as: UInt16.self)
        }
      }
    }
  }
}
