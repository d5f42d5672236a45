/// Batch normalisation over all samples and pixels of a batch (S. Ioffe and C. Szegedy, 2015), as in PyTorch: the
/// batch's biased variance normalises, and the unbiased one updates the running variance with a momentum of 0.1.
///
/// It is always followed by ReLU; one pass does both.
final class BatchNormalisation {
  static let epsilon: Float = 1e-5
  static let momentum = 0.1

  let channels: Int
  /// Statistics of the current batch.
  let mean: FloatBuffer
  let inverseDeviation: FloatBuffer
  /// Normalisation, scale and shift as one step: `x * factor + offset`.
  let factor: FloatBuffer
  let offset: FloatBuffer
  /// The backward step for a gradient `g` after the normalisation and an input `x`: `g * factor + x * valueFactor +
  /// constant`.
  let valueFactor: FloatBuffer
  let constant: FloatBuffer
  /// For each group of samples, stored at its first sample: mean and sum of squared deviations in the forward pass,
  /// sums of gradients in the backward pass; [samples][2][channels].
  private(set) var partials: FloatBuffer

  init(channels: Int) {
    self.channels = channels
    mean = FloatBuffer(count: channels)
    inverseDeviation = FloatBuffer(count: channels)
    factor = FloatBuffer(count: channels)
    offset = FloatBuffer(count: channels)
    valueFactor = FloatBuffer(count: channels)
    constant = FloatBuffer(count: channels)
    partials = FloatBuffer(count: 0)
  }

  func reserve(samples: Int) {
    partials = FloatBuffer(count: samples * 2 * channels)
  }

  func partial(at sample: Int) -> UnsafeMutablePointer<Float> {
    partials.base + sample * 2 * channels
  }

  /// Writes ReLU(`x * factor + offset`) for `pixels` pixels.
  func apply(_ x: UnsafePointer<Float>, pixels: Int, into z: UnsafeMutablePointer<Float>) {
    let (factor, offset) = (factor.base, offset.base)
    for pixel in 0..<pixels {
      let (from, to) = (x + pixel * channels, z + pixel * channels)
      for c in stride(from: 0, to: channels, by: Vector.width) {
        (Vector.load(from + c) * Vector.load(factor + c) + Vector.load(offset + c)).rectified.store(to + c)
      }
    }
  }

  /// Computes the mean and the sum of squared deviations of `pixels` pixels for each channel, into `partial(at:
  /// sample)`. It takes two passes over data still in the cache, because the one-pass formula loses half the digits.
  func measure(_ x: UnsafePointer<Float>, pixels: Int, sample: Int) {
    let (means, squares) = (partial(at: sample), partial(at: sample) + channels)
    for c in stride(from: 0, to: channels, by: Vector.width) {
      var sum = Vector.zero
      for pixel in 0..<pixels { sum += Vector.load(x + (pixel * channels + c)) }
      let mean = sum / Float(pixels)
      var square = Vector.zero
      for pixel in 0..<pixels {
        let deviation = Vector.load(x + (pixel * channels + c)) - mean
        square += deviation * deviation
      }
      mean.store(means + c)
      square.store(squares + c)
    }
  }

  /// Combines the partial moments of `groups` (T. Chan, G. Golub and R. LeVeque, 1983) and prepares the normalisation.
  func finishForward(
    groups: some Sequence<Range<Int>>, pixels: Int, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>,
    runningMean: UnsafeMutablePointer<Float>, runningVariance: UnsafeMutablePointer<Float>
  ) {
    let momentum = Self.momentum
    for c in 0..<channels {
      var (count, mean, squares) = (0.0, 0.0, 0.0)
      for group in groups {
        let partial = partial(at: group.lowerBound)
        let added = Double(group.count * pixels)
        let difference = Double(partial[c]) - mean
        let total = count + added
        mean += difference * added / total
        squares += Double(partial[channels + c]) + difference * difference * count * added / total
        count = total
      }
      let variance = squares / count
      let inverse = 1 / (variance + Double(Self.epsilon)).squareRoot()
      self.mean.base[c] = Float(mean)
      inverseDeviation.base[c] = Float(inverse)
      factor.base[c] = Float(inverse * Double(scale[c]))
      offset.base[c] = Float(Double(shift[c]) - mean * inverse * Double(scale[c]))
      let unbiased = squares / max(count - 1, 1)
      runningMean[c] = Float(Double(runningMean[c]) * (1 - momentum) + momentum * mean)
      runningVariance[c] = Float(Double(runningVariance[c]) * (1 - momentum) + momentum * unbiased)
    }
  }

  /// Prepares the normalisation with the running statistics.
  func useRunning(
    mean: UnsafePointer<Float>, variance: UnsafePointer<Float>, scale: UnsafePointer<Float>, shift: UnsafePointer<Float>
  ) {
    for c in 0..<channels {
      let inverse = 1 / (Double(variance[c]) + Double(Self.epsilon)).squareRoot()
      factor.base[c] = Float(inverse * Double(scale[c]))
      offset.base[c] = Float(Double(shift[c]) - Double(mean[c]) * inverse * Double(scale[c]))
    }
  }

  /// Sums the partial gradients of `groups`, writes the gradients of scale and shift, and prepares the backward step.
  func finishBackward(
    groups: some Sequence<Range<Int>>, pixels: Int, scaleGradient: UnsafeMutablePointer<Float>,
    shiftGradient: UnsafeMutablePointer<Float>
  ) {
    for c in 0..<channels {
      var (count, sum, product) = (0.0, 0.0, 0.0)
      for group in groups {
        let partial = partial(at: group.lowerBound)
        count += Double(group.count * pixels)
        sum += Double(partial[c])
        product += Double(partial[channels + c])
      }
      let inverse = Double(inverseDeviation.base[c])
      let factor = Double(factor.base[c])
      shiftGradient[c] = Float(sum)
      scaleGradient[c] = Float(product * inverse)
      // dx = factor * (g - Σg / N - (x - mean) * inverse² * Σ g (x - mean) / N)
      let slope = -factor * inverse * inverse * product / count
      valueFactor.base[c] = Float(slope)
      constant.base[c] = Float(-factor * sum / count - slope * Double(mean.base[c]))
    }
  }

  /// Turns the gradients after the normalisation into those before it; `x` holds the values before it.
  func backward(
    _ gradients: UnsafePointer<Float>, values x: UnsafePointer<Float>, pixels: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    let (factor, valueFactor, constant) = (factor.base, valueFactor.base, constant.base)
    for pixel in 0..<pixels {
      let at = pixel * channels
      for c in stride(from: 0, to: channels, by: Vector.width) {
        let fromGradient = Vector.load(gradients + (at + c)) * Vector.load(factor + c)
        let fromValue = Vector.load(x + (at + c)) * Vector.load(valueFactor + c)
        (fromGradient + fromValue + Vector.load(constant + c)).store(result + (at + c))
      }
    }
  }
}
