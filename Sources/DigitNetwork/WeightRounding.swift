/// The weights of one output channel as whole numbers: weight ≈ scale · number.
struct WeightRounding {
  let scale: Float
  private let inverse: Float
  private let precision: WeightPrecision

  /// A number is one in the last bits of 1.5 · 2²³ plus it, where the sum is rounded to the nearest whole number: one
  /// addition for several weights at once.
  private static let shift: Float = 12_582_912

  /// - Parameter weights: those of the channel, finite.
  init(_ weights: UnsafeBufferPointer<Float>, _ precision: WeightPrecision) {
    // As the bits of what is not negative are ordered like the numbers.
    let largest = weights.reduce(0 as UInt32) { max($0, $1.magnitude.bitPattern) }
    // No scale under the smallest normal number, whose inverse could overflow.
    scale = max(Float(bitPattern: largest) / Float(precision.largest), .leastNormalMagnitude)
    inverse = 1 / scale
    self.precision = precision
  }

  /// The number of each weight, as it is packed: plus `precision.zero`.
  func numbers(of weights: UnsafeBufferPointer<Float>, into numbers: UnsafeMutableBufferPointer<UInt16>) {
    let zero = UInt32(precision.zero)
    // Two loops, for in one the slower rounding would be computed for either.
    switch precision {
    case .coarse:
      for i in 0..<min(weights.count, numbers.count) {
        numbers[i] = UInt16(truncatingIfNeeded: (weights[i] * inverse + Self.shift).bitPattern &+ zero)
      }
    case .fine:
      for i in 0..<min(weights.count, numbers.count) {
        numbers[i] = UInt16(truncatingIfNeeded: (finelyRounded(weights[i]) + Self.shift).bitPattern &+ zero)
      }
    }
  }

  /// The nearest weight that a number stands for.
  func weight(nearest weight: Float) -> Float {
    switch precision {
    case .coarse: scale * (weight * inverse + Self.shift - Self.shift)
    case .fine: scale * finelyRounded(weight)
    }
  }

  /// What is trained again is to be the same to the last bit, and was always rounded so.
  private func finelyRounded(_ weight: Float) -> Float { (weight / scale).rounded() }
}
