/// One convolution of the streaming network with the input frames that it still needs.
///
/// Frames arrive one by one, [bands][channels]; nothing is computed twice, and nothing is allocated after the start.
final class StreamingLayer {
  private let shape: SequenceArchitecture.Layer
  private let outputBands: Int
  private let kernels: KernelTable
  private let frames: FrameBuffer
  private let weights: PackedWeights
  private let bias: AlignedFloats
  private let xOffsets: [Int32]
  private let yOffsets: [Int32]
  /// One output frame, [output bands][filters].
  let output: AlignedFloats

  /// - Parameter integers: the kernels for integers, if it may compute in them.
  init(
    _ layer: FoldedSequenceNetwork.Layer, inputBands: Int, kernels: KernelTable, integers: IntegerKernels?
  ) {
    let shape = layer.shape
    self.shape = shape
    self.kernels = kernels
    outputBands = shape.outputBands(of: inputBands)
    weights = PackedWeights(layer, areNarrow: outputBands == 1, integers: integers)
    frames = FrameBuffer(
      shape, inputBands: inputBands, quantisation: weights.quantisation, keepsFloats: shape.isResidual)
    output = AlignedFloats(count: outputBands * shape.filters)
    bias = AlignedFloats(count: shape.filters)
    for filter in 0..<shape.filters { bias.pointer[filter] = layer.bias[filter] }
    xOffsets = (0..<outputBands).map { Int32($0 * shape.strideBands * shape.inputChannels) }
    yOffsets = (0..<outputBands).map { Int32($0 * shape.filters) }
  }

  /// The same convolution with frames of its own: the weights are shared.
  init(sharing other: StreamingLayer) {
    shape = other.shape
    outputBands = other.outputBands
    kernels = other.kernels
    frames = FrameBuffer(like: other.frames)
    output = AlignedFloats(count: other.output.count)
    weights = other.weights
    bias = other.bias
    xOffsets = other.xOffsets
    yOffsets = other.yOffsets
  }

  /// Copies the state of `other`, the same convolution.
  func goOn(from other: StreamingLayer) {
    frames.goOn(from: other.frames)
  }

  /// Starts over, with silence before the first frame.
  func reset() {
    frames.reset()
  }

  /// Takes an input frame; `next` is called with each output frame that it completes, valid during the call.
  func push(_ frame: UnsafePointer<Float>, _ next: (UnsafePointer<Float>) -> Void) {
    frames.append(frame)
    compute(next)
  }

  /// The input is over: adds the silence that the last outputs look ahead to.
  func finish(_ next: (UnsafePointer<Float>) -> Void) {
    for _ in 0..<shape.lookahead {
      frames.append(nil)
      compute(next)
    }
  }

  private func compute(_ next: (UnsafePointer<Float>) -> Void) {
    while frames.first + shape.span <= frames.filled {
      convolve()
      if shape.isResidual, let base = frames.firstFloats {
        let here = base + (shape.past * frames.stride + frames.border)
        for i in 0..<output.count { output.pointer[i] += here[i] }
      }
      frames.advance(shape.strideFrames)
      next(output.pointer)
    }
  }

  private func convolve() {
    let (panels, run) = (shape.filters / panelWidth, shape.kernelBands * shape.inputChannels)
    let rowStride = shape.dilation * frames.stride
    xOffsets.withUnsafeBufferPointer { from in
      yOffsets.withUnsafeBufferPointer { to in
        guard let from = from.baseAddress, let to = to.baseAddress else { return }
        switch weights {
        case .full(let weights):
          guard let base = frames.firstFloats else { return }
          kernels.convolveFrame(
            base, weights.pointer, bias.pointer, output.pointer, from, to, outputBands, panels, shape.kernelFrames, run,
            rowStride)
        case .narrow(let pairs):
          guard let base = frames.firstFloats else { return }
          kernels.convolveColumn(
            base, pairs.pointer, bias.pointer, output.pointer, panels, shape.kernelFrames, run, rowStride)
        case .integers(let weights, let kernels):
          kernels.convolve(
            frames.firstIntegers, frames.firstScale, weights.values.pointer, weights.scales.pointer, bias.pointer,
            output.pointer, from, to, outputBands, panels, shape.kernelFrames, run, rowStride, shape.dilation)
        case .narrowIntegers(let weights, let kernels):
          kernels.convolveColumn(
            frames.firstIntegers, frames.firstScale, weights.values.pointer, weights.scales.pointer, bias.pointer,
            output.pointer, panels, shape.kernelFrames, run, rowStride, shape.dilation)
        }
      }
    }
  }
}
