import DigitNetwork

/// One convolution of the sequence network as a matrix product, with the values of a batch that the backward pass
/// needs.
///
/// Activations are [frames][bands][channels]. A row of the product is the patch of one output, [kernel frames][kernel
/// bands][channels], so that each kernel frame is one contiguous run.
final class SequenceConvolution {
  let layer: SequenceArchitecture.Layer
  let inputFrames: Int
  let inputBands: Int
  let outputFrames: Int
  let outputBands: Int
  let normalisation: BatchNormalisation
  /// Before normalisation: [samples][output frames][output bands][filters].
  private(set) var outputs = FloatBuffer(count: 0)
  /// After normalisation, ReLU and residual addition, same shape.
  private(set) var activations = FloatBuffer(count: 0)
  /// Gradients of the activations, same shape.
  private(set) var gradients = FloatBuffer(count: 0)
  /// Output frames per product: enough rows for OpenBLAS, few enough for the cache.
  let framesAtOnce: Int

  private static let rowsAtOnce = 384

  init(_ layer: SequenceArchitecture.Layer, inputFrames: Int, inputBands: Int) {
    self.layer = layer
    self.inputFrames = inputFrames
    self.inputBands = inputBands
    outputFrames = inputFrames / layer.strideFrames
    outputBands = layer.outputBands(of: inputBands)
    normalisation = BatchNormalisation(channels: layer.filters)
    framesAtOnce = max(1, Self.rowsAtOnce / outputBands)
  }

  var inputCount: Int { inputFrames * inputBands * layer.inputChannels }
  var outputCount: Int { pixels * layer.filters }
  var pixels: Int { outputFrames * outputBands }

  func reserve(samples: Int) {
    outputs = FloatBuffer(count: samples * outputCount)
    activations = FloatBuffer(count: samples * outputCount)
    gradients = FloatBuffer(count: samples * outputCount)
    normalisation.reserve(samples: samples)
  }

  func output(at sample: Int) -> UnsafeMutablePointer<Float> { outputs.base + sample * outputCount }
  func activation(at sample: Int) -> UnsafeMutablePointer<Float> { activations.base + sample * outputCount }
  func gradient(at sample: Int) -> UnsafeMutablePointer<Float> { gradients.base + sample * outputCount }

  /// Calls `body` for each range of output frames that is computed in one product.
  func forEachPart(_ body: (Range<Int>) -> Void) {
    for start in Swift.stride(from: 0, to: outputFrames, by: framesAtOnce) {
      body(start..<min(start + framesAtOnce, outputFrames))
    }
  }

  /// Writes the patches of the output frames `frames` of one sample: [frames][output bands][patch].
  func unfold(_ input: UnsafePointer<Float>, frames: Range<Int>, into rows: UnsafeMutablePointer<Float>) {
    let run = layer.kernelBands * layer.inputChannels
    forEachRun(frames) { row, tap, place, bands in
      let target = rows + (row * layer.patch + tap * run)
      guard let place else {
        target.update(repeating: 0, count: run)
        return
      }
      let inside = bands.lowerBound * layer.inputChannels
      let count = bands.count * layer.inputChannels
      if inside > 0 { target.update(repeating: 0, count: inside) }
      (target + inside).update(from: input + place, count: count)
      if inside + count < run { (target + inside + count).update(repeating: 0, count: run - inside - count) }
    }
  }

  /// Adds the patches' gradients to the input's gradients.
  func fold(_ rows: UnsafePointer<Float>, frames: Range<Int>, into gradients: UnsafeMutablePointer<Float>) {
    let run = layer.kernelBands * layer.inputChannels
    forEachRun(frames) { row, tap, place, bands in
      guard let place else { return }
      let source = rows + (row * layer.patch + tap * run + bands.lowerBound * layer.inputChannels)
      let target = gradients + place
      let count = bands.count * layer.inputChannels
      var i = 0
      while i + Vector.width <= count {
        (Vector.load(target + i) + Vector.load(source + i)).store(target + i)
        i += Vector.width
      }
      while i < count {
        target[i] += source[i]
        i += 1
      }
    }
  }

  /// Calls `body` with the row, the kernel frame, the input position of the run of bands (nil outside the sound), and
  /// the range of kernel bands inside.
  @inline(__always)
  private func forEachRun(_ frames: Range<Int>, _ body: (Int, Int, Int?, Range<Int>) -> Void) {
    var row = 0
    for frame in frames {
      for band in 0..<outputBands {
        let low = band * layer.strideBands - layer.bandPadding
        let bands = max(0, -low)..<min(layer.kernelBands, inputBands - low)
        for tap in 0..<layer.kernelFrames {
          let time = frame * layer.strideFrames + tap * layer.dilation - layer.past
          let isInside = time >= 0 && time < inputFrames
          let place = (time * inputBands + low + bands.lowerBound) * layer.inputChannels
          body(row, tap, isInside ? place : nil, bands)
        }
        row += 1
      }
    }
  }
}
