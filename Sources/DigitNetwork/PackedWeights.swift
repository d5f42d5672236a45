import KernelsBaseline

/// The weights of a convolution as the kernels read them.
struct PackedWeights {
  let precision: WeightPrecision
  /// [panels, ⌈length / 2⌉, 8, 2, 2] numbers of 8 bits or [panels, length, 8, 2] of 16: see `convolveAndRectify`.
  /// All that are not of the layer stand for zero.
  let numbers: AlignedBuffer<UInt16>
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
    numbers = AlignedBuffer(count: outputChannels / panelWidth * panelBytes / 2, repeating: Self.zeros(precision))
    scales = AlignedFloats(count: outputChannels)
    let (count, first) = (taps * shape.inputChannels, member * shape.outputChannels)
    let panels = UnsafeMutableRawPointer(numbers.pointer)
    layer.weights.withUnsafeBufferPointer { all in
      withUnsafeTemporaryAllocation(of: UInt16.self, capacity: count) { rounded in
        for o in 0..<shape.outputChannels {
          let weights = UnsafeBufferPointer(rebasing: all[(first + o) * count..<(first + o + 1) * count])
          let rounding = WeightRounding(weights, precision)
          scales.pointer[o] = rounding.scale
          rounding.numbers(of: weights, into: rounded)
          let (panel, lane) = (o / panelWidth, o % panelWidth)
          pack(rounded, taps: taps, inputChannels: inputChannels, panel: panels + panel * panelBytes, lane: lane)
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

  /// As many weights of zero as 16 bits hold.
  private static func zeros(_ precision: WeightPrecision) -> UInt16 {
    switch precision {
    case .coarse: UInt16(packedZero << 8 | packedZero)
    case .fine: UInt16(packedFineZero)
    }
  }

  /// Puts one output channel's numbers [in, taps] where they belong.
  private func pack(
    _ rounded: UnsafeMutableBufferPointer<UInt16>, taps: Int, inputChannels: Int, panel: UnsafeMutableRawPointer,
    lane: Int
  ) {
    let (begin, half) = (panel + lane % 8 * 4, lane / 8)
    for tap in 0..<taps {
      for i in 0..<rounded.count / taps {
        let (k, number) = (tap &* inputChannels &+ i, rounded[i &* taps &+ tap])
        switch precision {
        case .coarse:
          begin.storeBytes(
            of: UInt8(truncatingIfNeeded: number), toByteOffset: (k &>> 1) &* 32 &+ (k & 1) &* 2 &+ half, as: UInt8.self
          )
        case .fine:
          begin.storeBytes(of: number, toByteOffset: k &* 32 &+ half &* 2, as: UInt16.self)
        }
      }
    }
  }
}
