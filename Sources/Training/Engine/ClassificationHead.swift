import DigitNetwork

/// Mean over frames, dropout, one linear layer, softmax and cross-entropy.
final class ClassificationHead {
  let classes: Int
  let extent: NetworkArchitecture.Extent
  let channels: Int
  /// Inputs of the linear layer, dropout applied, and their gradients: [samples][channel * bands + band].
  private(set) var inputs: FloatBuffer
  private(set) var inputGradients: FloatBuffer
  /// What dropout multiplies each input by.
  private(set) var keep: FloatBuffer
  /// [samples][classes], and their gradients.
  private(set) var logits: FloatBuffer
  private(set) var logitGradients: FloatBuffer
  /// Each sample's weighted loss. No array: threads that write to elements of their own still change one and the same
  /// array, which is a race.
  private(set) var losses = UnsafeMutableBufferPointer<Double>(start: nil, count: 0)

  var inputCount: Int { channels * extent.bands }

  init(classes: Int, channels: Int, extent: NetworkArchitecture.Extent) {
    self.classes = classes
    self.channels = channels
    self.extent = extent
    inputs = FloatBuffer(count: 0)
    inputGradients = FloatBuffer(count: 0)
    keep = FloatBuffer(count: 0)
    logits = FloatBuffer(count: 0)
    logitGradients = FloatBuffer(count: 0)
  }

  func reserve(samples: Int) {
    inputs = FloatBuffer(count: samples * inputCount)
    inputGradients = FloatBuffer(count: samples * inputCount)
    keep = FloatBuffer(count: samples * inputCount)
    logits = FloatBuffer(count: samples * classes)
    logitGradients = FloatBuffer(count: samples * classes)
    losses.deallocate()
    losses = .allocate(capacity: samples)
    losses.initialize(repeating: 0)
  }

  deinit {
    losses.deallocate()
  }

  /// The mean over frames of one sample's activations ([bands][frames][channels]), times `keep` if given.
  func pool(_ activations: UnsafePointer<Float>, sample: Int, dropping: Bool) {
    let target = inputs.base + sample * inputCount
    let keep = keep.base + sample * inputCount
    let share = 1 / Float(extent.frames)
    for band in 0..<extent.bands {
      let line = activations + band * extent.frames * channels
      for c in stride(from: 0, to: channels, by: Vector.width) {
        var sum = Vector.zero
        for frame in 0..<extent.frames { sum += Vector.load(line + (frame * channels + c)) }
        sum *= share
        for k in 0..<Vector.width { target[(c + k) * extent.bands + band] = sum[k] }
      }
    }
    if dropping {
      for i in 0..<inputCount { target[i] *= keep[i] }
    }
  }

  /// Draws which inputs of `sample` are dropped; those that stay grow, so that the expected sum is the same.
  func draw(_ dropout: Dropout, sample: Int) {
    let keep = keep.base + sample * inputCount
    var generator = SeededGenerator(seed: dropout.seed, stream: dropout.step, UInt64(sample))
    let growth = 1 / (1 - dropout.rate)
    for i in 0..<inputCount { keep[i] = generator.chance(dropout.rate) ? 0 : growth }
  }

  /// Logits of `samples`.
  func classify(_ samples: Range<Int>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>) {
    let target = logits.base + samples.lowerBound * classes
    MatrixProduct.forward(
      inputs.base + samples.lowerBound * inputCount, weights: weights, into: target,
      rows: samples.count, inputs: inputCount, outputs: classes)
    for row in 0..<samples.count {
      for k in 0..<classes { target[row * classes + k] += bias[k] }
    }
  }

  /// Cross-entropy of `sample` with its soft labels, −Σ t log p, into `losses`, and its gradient; both times `weight`.
  func measure(_ sample: Int, targets: UnsafePointer<Float>, weight: Float) {
    let logits = logits.base + sample * classes
    let gradients = logitGradients.base + sample * classes
    let targets = targets + sample * classes
    let (highest, sum) = Elementary.exponentials(of: logits, count: classes, into: gradients)
    var labelled: Float = 0
    for k in 0..<classes { labelled += targets[k] }
    let logarithm = Elementary.logarithm(sum)
    var loss = 0.0
    for k in 0..<classes {
      loss -= Double(targets[k]) * Double(logits[k] - highest - logarithm)
      gradients[k] = weight * (labelled * gradients[k] / sum - targets[k])
    }
    losses[sample] = loss * Double(weight)
  }

  /// The way back through the linear layer and dropout for `samples`.
  func backward(
    _ samples: Range<Int>, weights: UnsafePointer<Float>, weightGradients: UnsafeMutablePointer<Float>,
    biasGradients: UnsafeMutablePointer<Float>, dropping: Bool
  ) {
    let gradients = logitGradients.base + samples.lowerBound * classes
    let first = samples.lowerBound * inputCount
    MatrixProduct.weightGradient(
      gradients, inputs.base + first, into: weightGradients, adding: false,
      rows: samples.count, inputs: inputCount, outputs: classes)
    MatrixProduct.inputGradient(
      gradients, weights: weights, into: inputGradients.base + first,
      rows: samples.count, inputs: inputCount, outputs: classes)
    for k in 0..<classes {
      var sum: Float = 0
      for row in 0..<samples.count { sum += gradients[row * classes + k] }
      biasGradients[k] = sum
    }
    if dropping {
      for i in first..<(first + samples.count * inputCount) { inputGradients.base[i] *= keep.base[i] }
    }
  }

  /// Spreads the gradients of one sample's means back over the frames, through the last ReLU, and adds up what its batch
  /// normalisation needs (see `ConvolutionGeometry.fold`).
  func spread(
    sample: Int, activations: UnsafePointer<Float>, centred: UnsafePointer<Float>, mean: UnsafePointer<Float>,
    gradients: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>
  ) {
    let source = inputGradients.base + sample * inputCount
    let products = sums + channels
    let share = 1 / Float(extent.frames)
    for band in 0..<extent.bands {
      let line = band * extent.frames * channels
      for c in stride(from: 0, to: channels, by: Vector.width) {
        var gradient = Vector.zero
        for k in 0..<Vector.width { gradient[k] = source[(c + k) * extent.bands + band] * share }
        let mean = Vector.load(mean + c)
        var (sum, product) = (Vector.load(sums + c), Vector.load(products + c))
        for frame in 0..<extent.frames {
          let at = line + frame * channels + c
          let passed = gradient.masked(whereAboveZero: Vector.load(activations + at))
          passed.store(gradients + at)
          sum += passed
          product += passed * (Vector.load(centred + at) - mean)
        }
        sum.store(sums + c)
        product.store(products + c)
      }
    }
  }
}

/// Dropout of the linear layer's inputs (N. Srivastava and others, 2014), its draws named by seed, step and place in the
/// batch, so that they are the same whatever thread makes them and however often training was resumed.
public struct Dropout: Sendable, Equatable {
  /// The share that is dropped: 0 ..< 1.
  public var rate: Float
  public var seed: UInt64
  public var step: UInt64

  public init(rate: Float, seed: UInt64, step: UInt64) {
    self.rate = rate
    self.seed = seed
    self.step = step
  }
}
