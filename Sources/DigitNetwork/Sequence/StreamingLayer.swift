import KernelsBaseline

/// One convolution of the streaming network with the input frames that it still needs.
///
/// Frames come in one by one, [bands][channels]; nothing is computed twice, and nothing allocated after the start.
final class StreamingLayer {
  private let shape: SequenceArchitecture.Layer
  private let outputBands: Int
  /// Floats of one input frame with its border of zeros above and below.
  private let frameStride: Int
  private let frameCount: Int
  private let border: Int
  /// Room for this many frames; when it is full, those still needed move to the front.
  private let room: Int
  private let frames: AlignedFloats
  private let weights: PackedWeights
  private let bias: AlignedFloats
  private let xOffsets: [Int32]
  private let yOffsets: [Int32]
  /// One output frame, [output bands][filters].
  let output: AlignedFloats
  /// Frames in the buffer, and the first of those that the next output sees.
  private var filled = 0
  private var first = 0

  init(_ layer: FoldedSequenceNetwork.Layer, inputBands: Int) {
    let shape = layer.shape
    self.shape = shape
    outputBands = shape.outputBands(of: inputBands)
    border = shape.bandPadding * shape.inputChannels
    frameCount = inputBands * shape.inputChannels
    frameStride = frameCount + 2 * border
    let span = (shape.kernelFrames - 1) * shape.dilation + 1
    room = span + max(16, span)
    frames = AlignedFloats(count: room * frameStride)
    output = AlignedFloats(count: outputBands * shape.filters)
    weights = PackedWeights(layer, areNarrow: outputBands == 1)
    bias = AlignedFloats(count: shape.filters)
    for filter in 0..<shape.filters { bias.pointer[filter] = layer.bias[filter] }
    xOffsets = (0..<outputBands).map { Int32($0 * shape.strideBands * shape.inputChannels) }
    yOffsets = (0..<outputBands).map { Int32($0 * shape.filters) }
    reset()
  }

  /// The same convolution with frames of its own: the weights are shared.
  init(sharing other: StreamingLayer) {
    shape = other.shape
    outputBands = other.outputBands
    border = other.border
    frameCount = other.frameCount
    frameStride = other.frameStride
    room = other.room
    frames = AlignedFloats(count: other.frames.count)
    output = AlignedFloats(count: other.output.count)
    weights = other.weights
    bias = other.bias
    xOffsets = other.xOffsets
    yOffsets = other.yOffsets
    reset()
  }

  /// Goes on from where `other`, the same convolution, stands.
  func goOn(from other: StreamingLayer) {
    (filled, first) = (other.filled, other.first)
    frames.pointer.update(from: other.frames.pointer, count: filled * frameStride)
  }

  /// Begins anew: before the first frame lies silence.
  func reset() {
    frames.pointer.update(repeating: 0, count: frames.count)
    filled = shape.past
    first = 0
  }

  /// Takes an input frame; `next` is called with each output frame that it completes, valid during the call.
  func push(_ frame: UnsafePointer<Float>, _ kernels: KernelTable, _ next: (UnsafePointer<Float>) -> Void) {
    if filled == room { moveToFront() }
    (frames.pointer + (filled * frameStride + border)).update(from: frame, count: frameCount)
    filled += 1
    compute(kernels, next)
  }

  /// The input is over: silence follows, as far as the last outputs look ahead.
  func finish(_ kernels: KernelTable, _ next: (UnsafePointer<Float>) -> Void) {
    for _ in 0..<shape.lookahead {
      if filled == room { moveToFront() }
      (frames.pointer + (filled * frameStride + border)).update(repeating: 0, count: frameCount)
      filled += 1
      compute(kernels, next)
    }
  }

  private func moveToFront() {
    let kept = filled - first
    frames.pointer.update(from: frames.pointer + first * frameStride, count: kept * frameStride)
    (filled, first) = (kept, 0)
  }

  private func compute(_ kernels: KernelTable, _ next: (UnsafePointer<Float>) -> Void) {
    let span = (shape.kernelFrames - 1) * shape.dilation + 1
    while first + span <= filled {
      let base = frames.pointer + first * frameStride
      let (panels, run) = (shape.filters / panelWidth, shape.kernelBands * shape.inputChannels)
      switch weights {
      case .narrow(let pairs):
        kernels.convolveColumn(
          base, pairs.pointer, bias.pointer, output.pointer, panels, shape.kernelFrames, run,
          shape.dilation * frameStride)
      case .full(let weights):
        xOffsets.withUnsafeBufferPointer { from in
          yOffsets.withUnsafeBufferPointer { to in
            guard let from = from.baseAddress, let to = to.baseAddress else { return }
            kernels.convolveFrame(
              base, weights.pointer, bias.pointer, output.pointer, from, to, outputBands, panels, shape.kernelFrames,
              run, shape.dilation * frameStride)
          }
        }
      }
      if shape.isResidual {
        let here = base + (shape.past * frameStride + border)
        for i in 0..<output.count { output.pointer[i] += here[i] }
      }
      first += shape.strideFrames
      next(output.pointer)
    }
  }
}
