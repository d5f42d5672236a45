import DigitNetwork

/// Pooling over frames, dropout, one linear layer, softmax and cross-entropy; beside it, where there is one, the linear layer,
/// softmax and cross-entropy of an auxiliary task.
final class ClassificationHead {
  /// Outputs of the linear layer: the classes, then those of the auxiliary task.
  let classes: Int
  let auxiliary: AuxiliaryTask
  let extent: NetworkArchitecture.Extent
  /// What the largest of the frames counts beside their mean.
  let maximumShare: Float
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

  init(
    classes: Int, auxiliary: AuxiliaryTask, channels: Int, extent: NetworkArchitecture.Extent,
    pooling: NetworkArchitecture.Pooling
  ) {
    self.classes = classes + auxiliary.classes
    self.auxiliary = auxiliary
    self.channels = channels
    self.extent = extent
    maximumShare = pooling.maximumShare
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

  /// One sample's activations ([bands][frames][channels], none below 0) pooled over frames, times `keep` if given.
  func pool(_ activations: UnsafePointer<Float>, sample: Int, dropping: Bool) {
    let target = inputs.base + sample * inputCount
    let keep = keep.base + sample * inputCount
    let share = (1 - maximumShare) / Float(extent.frames)
    for band in 0..<extent.bands {
      let line = activations + band * extent.frames * channels
      for c in stride(from: 0, to: channels, by: Vector.width) {
        var sum = Vector.zero
        var largest = Vector.zero
        for frame in 0..<extent.frames {
          let value = Vector.load(line + (frame * channels + c))
          sum += value
          largest.replace(with: value, where: value .> largest)
        }
        sum = sum * share + largest * maximumShare
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

  /// Cross-entropy of `sample` with its soft labels, −Σ t log p, into `losses`, and its gradient; both times `weight`,
  /// and what the auxiliary task adds times its own weight too. Where a sample's soft labels are all 0 it adds nothing.
  func measure(_ sample: Int, targets: UnsafePointer<Float>, weight: Float) {
    let own = classes - auxiliary.classes
    losses[sample] =
      measure(0..<own, of: sample, targets, weight)
      + (auxiliary.classes > 0 ? measure(own..<classes, of: sample, targets, weight * auxiliary.weight) : 0)
  }

  private func measure(
    _ task: Range<Int>, of sample: Int, _ targets: UnsafePointer<Float>, _ weight: Float
  ) -> Double {
    let first = sample * classes + task.lowerBound
    let (logits, gradients, targets) = (logits.base + first, logitGradients.base + first, targets + first)
    let (highest, sum) = Elementary.exponentials(of: logits, count: task.count, into: gradients)
    var labelled: Float = 0
    for k in 0..<task.count { labelled += targets[k] }
    let logarithm = Elementary.logarithm(sum)
    var loss = 0.0
    for k in 0..<task.count {
      loss -= Double(targets[k]) * Double(logits[k] - highest - logarithm)
      gradients[k] = weight * (labelled * gradients[k] / sum - targets[k])
    }
    return loss * Double(weight)
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

  /// Spreads the gradients of one sample's pooled activations back over the frames, through the last ReLU, and adds up what its batch
  /// normalisation needs (see `ConvolutionGeometry.fold`).
  func spread(
    sample: Int, activations: UnsafePointer<Float>, centred: UnsafePointer<Float>, mean: UnsafePointer<Float>,
    gradients: UnsafeMutablePointer<Float>, sums: UnsafeMutablePointer<Float>
  ) {
    let source = inputGradients.base + sample * inputCount
    let products = sums + channels
    let share = (1 - maximumShare) / Float(extent.frames)
    for band in 0..<extent.bands {
      let line = band * extent.frames * channels
      for c in stride(from: 0, to: channels, by: Vector.width) {
        var gradient = Vector.zero
        for k in 0..<Vector.width { gradient[k] = source[(c + k) * extent.bands + band] }
        var largest = Vector.zero
        for frame in 0..<extent.frames {
          let value = Vector.load(activations + (line + frame * channels + c))
          largest.replace(with: value, where: value .> largest)
        }
        let (ofMean, ofLargest) = (gradient * share, gradient * (share + maximumShare))
        let mean = Vector.load(mean + c)
        var (sum, product) = (Vector.load(sums + c), Vector.load(products + c))
        for frame in 0..<extent.frames {
          let at = line + frame * channels + c
          let value = Vector.load(activations + at)
          let passed = ofMean.replacing(with: ofLargest, where: value .== largest).masked(whereAboveZero: value)
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

/// What a network is taught beside what it is for, through the same convolutions: a linear layer and a softmax of its own,
/// left out of the finished model.
public struct AuxiliaryTask: Sendable, Equatable {
  public static let none = AuxiliaryTask(classes: 0, weight: 0)

  public var classes: Int
  /// What its cross-entropy counts beside that of the network's own classes.
  public var weight: Float

  public init(classes: Int, weight: Float) {
    self.classes = classes
    self.weight = weight
  }
}
