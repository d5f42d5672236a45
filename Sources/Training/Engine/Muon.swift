/// Muon for the kernels of hidden convolutions (K. Jordan and others, 2024), AdamW for everything else:
///
///     m ← μ m + (1 − μ) g,   u ← orthogonalised (μ m + (1 − μ) g)
///     p ← p − rate · decay · p − factor · rate · 0.2 √max(rows, columns) · u
///
/// A kernel is treated as a matrix [filters][inputs × taps]. The square root gives the updates about the same magnitude
/// as AdamW's (J. Liu and others, "Muon is scalable for LLM training", 2025), so that one learning rate and one weight
/// decay serve both.
///
/// When a few directions dominate a gradient, Muon still moves the weights equally in all directions. At the same
/// number of steps the loss falls a good deal further, for a quarter more time a step.
package struct Muon: Sendable, Equatable {
  package struct Options: Sendable, Equatable, Codable {
    /// μ.
    package var momentum: Float
    /// The kernels' learning rate relative to the others'.
    package var factor: Float
    /// The options of the other parameters; the weight decay also applies to the kernels.
    package var others: AdamW.Options

    package init(momentum: Float = 0.95, factor: Float = 4, others: AdamW.Options = AdamW.Options()) {
      self.momentum = momentum
      self.factor = factor
      self.others = others
    }
  }

  package let options: Options
  /// The optimiser of the other parameters. For the kernels, its first moments hold `m` and its second moments stay 0.
  package internal(set) var others: AdamW

  package init(options: Options = Options(), parameterCount: Int) {
    self.options = options
    others = AdamW(options: options.others, parameterCount: parameterCount)
  }

  /// Updates made so far.
  package var step: Int { others.step }

  /// Moves the parameters of `network` against the gradients it holds.
  ///
  /// - Parameters:
  ///   - learningRate: the learning rate of this step.
  ///   - maximumGradientNorm: gradients of a larger norm (over all parameters) are scaled down to it; nil for no limit.
  /// - Returns: the norm of the gradients before scaling.
  @discardableResult
  package mutating func update(
    _ network: some OptimisedNetwork, learningRate: Float, maximumGradientNorm: Float? = nil
  ) -> Float {
    let kernels = network.layout.parameters.filter(\.isHiddenKernel)
    let norm = others.update(network, learningRate: learningRate, maximumGradientNorm: maximumGradientNorm) {
      !$0.isHiddenKernel
    }
    let gradientScale = AdamW.gradientScale(norm: norm, limit: maximumGradientNorm)
    let iteration = NewtonSchulz(shapes: kernels.map(\.matrix), lanes: network.lanes)
    let direction = FloatBuffer(count: kernels.map(\.range.count).max() ?? 0)
    let momentum = options.momentum
    let keep = 1 - learningRate * options.others.weightDecay
    for kernel in kernels {
      let (start, count, matrix) = (kernel.range.lowerBound, kernel.range.count, kernel.matrix)
      let gradients = network.gradientBuffer.base + start
      let parameters = network.parameterBuffer.base + start
      others.firstMoment.withUnsafeMutableBufferPointer { moments in
        for i in 0..<count {
          let gradient = gradients[i] * gradientScale
          let mean = momentum * moments[start + i] + (1 - momentum) * gradient
          moments[start + i] = mean
          direction.base[i] = momentum * mean + (1 - momentum) * gradient
        }
      }
      iteration.orthogonalise(direction.base, rows: matrix.rows, columns: matrix.columns)
      let size = options.factor * learningRate * 0.2 * Float(max(matrix.rows, matrix.columns)).squareRoot()
      for i in 0..<count { parameters[i] = parameters[i] * keep - size * direction.base[i] }
    }
    return norm
  }
}

extension ParameterLayout.Entry {
  /// Convolution weights except the first layer's, which is small and left to AdamW.
  package var isHiddenKernel: Bool { shape.count == 4 && shape[1] > 1 }

  /// The kernel's shape as a matrix, [filters][inputs × taps].
  package var matrix: (rows: Int, columns: Int) { (shape[0], range.count / shape[0]) }
}
