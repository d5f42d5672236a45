/// Adam with decoupled weight decay (I. Loshchilov and F. Hutter, 2019), step by step as in PyTorch's `AdamW`:
///
///     p ← p − rate · decay · p
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²
///     p ← p − rate / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
///
/// Weights of convolutions and of the linear layer decay; biases and batch normalisation's parameters do not.
package struct AdamW: Sendable, Equatable {
  package struct Options: Sendable, Equatable, Codable {
    package var beta1: Float
    package var beta2: Float
    package var epsilon: Float
    package var weightDecay: Float

    package init(beta1: Float = 0.9, beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01) {
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
    }
  }

  package var options: Options
  /// Updates made so far.
  package internal(set) var step = 0
  /// The running means of the gradients and of their squares, laid out like the parameters.
  package internal(set) var firstMoment: [Float]
  package internal(set) var secondMoment: [Float]

  package init(options: Options = Options(), parameterCount: Int) {
    self.options = options
    firstMoment = [Float](repeating: 0, count: parameterCount)
    secondMoment = [Float](repeating: 0, count: parameterCount)
  }

  /// Moves the parameters of `network` against the gradients it holds.
  ///
  /// - Parameters:
  ///   - learningRate: the learning rate of this step.
  ///   - maximumGradientNorm: gradients of a larger norm (over all parameters) are scaled down to it; nil for no limit.
  ///     PyTorch's `clip_grad_norm_`.
  ///   - moves: selects the parameters; by default all. Others may have an optimiser of their own.
  /// - Returns: the norm of the gradients before scaling.
  @discardableResult
  package mutating func update(
    _ network: some OptimisedNetwork, learningRate: Float, maximumGradientNorm: Float? = nil,
    where moves: (ParameterLayout.Entry) -> Bool = { _ in true }
  ) -> Float {
    precondition(firstMoment.count == network.layout.parameterCount, "an optimiser of another network")
    step += 1
    let norm = Self.norm(UnsafeBufferPointer(start: network.gradientBuffer.base, count: network.gradientBuffer.count))
    var pass = Pass(options: options, step: step, learningRate: learningRate)
    pass.gradientScale = Self.gradientScale(norm: norm, limit: maximumGradientNorm)
    let (lanes, layout) = (network.lanes, network.layout)
    let entries = layout.parameters.filter(moves)
    let (parameters, gradients) = (network.parameterBuffer.base, network.gradientBuffer.base)
    firstMoment.withUnsafeMutableBufferPointer { first in
      secondMoment.withUnsafeMutableBufferPointer { second in
        guard let first = first.baseAddress, let second = second.baseAddress else { return }
        lanes.run { share, _ in
          let own = Lanes.part(of: layout.parameterCount, share: share)
          for entry in entries {
            let part = entry.range.clamped(to: own)
            pass.run(
              parameters + part.lowerBound, gradients + part.lowerBound, first + part.lowerBound,
              second + part.lowerBound, count: part.count, decays: entry.decays)
          }
        }
      }
    }
    return norm
  }

  /// The factor that scales gradients of norm `norm` down to at most `limit`.
  static func gradientScale(norm: Float, limit: Float?) -> Float {
    guard let limit else { return 1 }
    return min(1, limit / (norm + 1e-6))
  }

  /// The Euclidean norm of `gradients`, summed in blocks so that rounding does not grow with their number.
  static func norm(_ gradients: UnsafeBufferPointer<Float>) -> Float {
    var total = 0.0
    for start in stride(from: 0, to: gradients.count, by: 4096) {
      let end = min(start + 4096, gradients.count)
      var sum = Vector.zero
      var i = start
      while i + Vector.width <= end {
        guard let base = gradients.baseAddress else { break }
        let part = Vector.load(base + i)
        sum += part * part
        i += Vector.width
      }
      var rest = sum.sum()
      while i < end {
        rest += gradients[i] * gradients[i]
        i += 1
      }
      total += Double(rest)
    }
    return Float(total.squareRoot())
  }
}

extension AdamW {
  /// The values shared by all parameters in one step.
  private struct Pass {
    let beta1: Float
    let beta2: Float
    let epsilon: Float
    let keep: Float
    let size: Float
    let inverseRoot: Float
    var gradientScale: Float = 1

    init(options: Options, step: Int, learningRate: Float) {
      beta1 = options.beta1
      beta2 = options.beta2
      epsilon = options.epsilon
      keep = 1 - learningRate * options.weightDecay
      size = Float(Double(learningRate) / (1 - Elementary.power(Double(options.beta1), Double(step))))
      inverseRoot = Float(1 / (1 - Elementary.power(Double(options.beta2), Double(step))).squareRoot())
    }

    func run(
      _ p: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>, _ m: UnsafeMutablePointer<Float>,
      _ v: UnsafeMutablePointer<Float>, count: Int, decays: Bool
    ) {
      let keep = decays ? keep : 1
      for i in 0..<count {
        let gradient = g[i] * gradientScale
        let first = beta1 * m[i] + (1 - beta1) * gradient
        let second = beta2 * v[i] + (1 - beta2) * gradient * gradient
        m[i] = first
        v[i] = second
        p[i] = p[i] * keep - size * first / (second.squareRoot() * inverseRoot + epsilon)
      }
    }
  }
}
