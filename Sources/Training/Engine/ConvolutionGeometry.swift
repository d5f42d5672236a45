import DigitNetwork

/// One convolution as a matrix product: every output pixel's patch of the input becomes a row ("im2col"), channels last,
/// so that a row is made of `kernel.bands` runs of neighbouring numbers.
///
/// Images are [count][bands][frames][channels]; rows are [count * pixels][kernel bands][kernel frames][channels].
final class ConvolutionGeometry {
  let channels: Int
  let filters: Int
  let kernel: NetworkArchitecture.Extent
  let stride: NetworkArchitecture.Extent
  let input: NetworkArchitecture.Extent
  let output: NetworkArchitecture.Extent
  /// For each input row and column, which kernel taps of which output pixels read it: an offset into the rows of one
  /// image each. Their sums, row × column, are all the places a gradient comes from.
  private let bandTaps: TapTable
  private let frameTaps: TapTable

  init(_ convolution: NetworkArchitecture.Convolution, input: NetworkArchitecture.Extent) {
    channels = convolution.inputChannels
    filters = convolution.outputChannels
    kernel = convolution.kernel
    stride = convolution.stride
    self.input = input
    output = convolution.output(of: input)
    let patch = channels * kernel.bands * kernel.frames
    bandTaps = TapTable(
      input: input.bands, output: output.bands, kernel: kernel.bands, stride: stride.bands,
      outputStep: output.frames * patch, tapStep: kernel.frames * channels)
    frameTaps = TapTable(
      input: input.frames, output: output.frames, kernel: kernel.frames, stride: stride.frames,
      outputStep: patch, tapStep: channels)
  }

  /// Output pixels of one image.
  var pixels: Int { output.bands * output.frames }
  /// Numbers in one row.
  var patch: Int { channels * kernel.bands * kernel.frames }
  var inputCount: Int { input.bands * input.frames * channels }
  var outputCount: Int { pixels * filters }

  /// Writes the rows of `count` images; up to `Vector.width` numbers behind the last row may be written, too.
  func unfold(_ images: UnsafePointer<Float>, count: Int, into rows: UnsafeMutablePointer<Float>) {
    let (channels, kernel, input) = (channels, kernel, input)
    let (run, line) = (kernel.frames * channels, input.frames * channels)
    var row = rows
    for image in 0..<count {
      let source = images + image * inputCount
      for y in 0..<output.bands {
        let top = y * stride.bands - kernel.bands / 2
        let bands = max(0, -top)..<max(0, -top, min(kernel.bands, input.bands - top))
        for x in 0..<output.frames {
          let left = x * stride.frames - kernel.frames / 2
          let frames = max(0, -left)..<max(0, -left, min(kernel.frames, input.frames - left))
          row.update(repeating: 0, count: bands.lowerBound * run)
          row += bands.lowerBound * run
          for band in bands {
            let place = (top + band) * line + left * channels
            if frames.count == kernel.frames, run <= Vector.width, place + Vector.width <= inputCount {
              // The run may be shorter than a vector: what comes after it in the row is written afterwards.
              Vector.load(source + place).store(row)
            } else if frames.count == kernel.frames {
              row.update(from: source + place, count: run)
            } else {
              let inside = frames.lowerBound * channels
              row.update(repeating: 0, count: run)
              (row + inside).update(from: source + (place + inside), count: frames.count * channels)
            }
            row += run
          }
          let rest = (kernel.bands - bands.upperBound) * run
          row.update(repeating: 0, count: rest)
          row += rest
        }
      }
    }
  }

  /// Sums the gradients of one image's rows back onto its pixels ("col2im"), and in the same pass takes them through the
  /// ReLU that made the image and adds up what batch normalisation needs.
  ///
  /// - Parameters:
  ///   - rows: gradients of the rows of one image.
  ///   - activations: the image: a gradient passes where it is above 0.
  ///   - centred: the numbers before normalisation; `mean` is taken off them.
  ///   - gradients: the result, shaped like the image.
  ///   - sums: [2][channels], added to: Σ gradient, and Σ gradient × (centred − mean).
  func fold(
    _ rows: UnsafePointer<Float>, activations: UnsafePointer<Float>, centred: UnsafePointer<Float>,
    mean: UnsafePointer<Float>, gradients: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>
  ) {
    let products = sums + channels
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: bandTaps.most * frameTaps.most) { places in
      for y in 0..<input.bands {
        for x in 0..<input.frames {
          var found = 0
          bandTaps.forEach(at: y) { rowOffset in
            frameTaps.forEach(at: x) { offset in
              places[found] = rows + (rowOffset + offset)
              found += 1
            }
          }
          let pixel = (y * input.frames + x) * channels
          for c in Swift.stride(from: 0, to: channels, by: Vector.width) {
            var gradient = Vector.zero
            for place in 0..<found { gradient += Vector.load(places[place] + c) }
            gradient = gradient.masked(whereAboveZero: Vector.load(activations + (pixel + c)))
            gradient.store(gradients + (pixel + c))
            let deviation = Vector.load(centred + (pixel + c)) - Vector.load(mean + c)
            (Vector.load(sums + c) + gradient).store(sums + c)
            (Vector.load(products + c) + gradient * deviation).store(products + c)
          }
        }
      }
    }
  }
}

/// The taps that read each place along one axis.
private struct TapTable {
  private let starts: [Int]
  private let offsets: [Int]
  let most: Int

  init(input: Int, output: Int, kernel: Int, stride: Int, outputStep: Int, tapStep: Int) {
    var starts = [0]
    var offsets: [Int] = []
    var most = 0
    for place in 0..<input {
      for tap in 0..<kernel {
        let (position, remainder) = (place + kernel / 2 - tap).quotientAndRemainder(dividingBy: stride)
        if remainder == 0, (0..<output).contains(position) { offsets.append(position * outputStep + tap * tapStep) }
      }
      most = max(most, offsets.count - starts[place])
      starts.append(offsets.count)
    }
    self.starts = starts
    self.offsets = offsets
    self.most = max(most, 1)
  }

  @inline(__always)
  func forEach(at place: Int, _ body: (Int) -> Void) {
    for index in starts[place]..<starts[place + 1] { body(offsets[index]) }
  }
}
