#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Logistic regression with a small ridge, by Newton's method: weights of named features.
package enum VerdictFit {
  package struct Example: Sendable {
    package var features: [String: Double]
    package var isRight: Bool
    /// How much it counts.
    package var weight: Double

    package init(features: [String: Double], isRight: Bool, weight: Double) {
      self.features = features
      self.isRight = isRight
      self.weight = weight
    }
  }

  /// Features whose products with each other, and squares, are features, too.
  private static let paired = [
    "age", "breath-other", "digit-sound", "digits-before", "digits-lately", "early", "fall", "length", "log-odds",
    "margin",
    "other-after", "other-before", "other-sound", "pause-before", "quiet-after", "talk-lately", "variant",
  ]

  /// The example with the products.
  private static func withProducts(_ example: Example) -> Example {
    var example = example
    for (i, first) in paired.enumerated() {
      for second in paired[i...] {
        example.features["\(first)*\(second)"] = (example.features[first] ?? 0) * (example.features[second] ?? 0)
      }
    }
    return example
  }

  /// - Returns: the weights by name, those of products of two features as "a*b", and the bias.
  package static func fit(_ plain: [Example], ridge: Double = 4) -> (weights: [String: Double], bias: Double) {
    let examples = plain.map(withProducts)
    let names = Set(examples.flatMap(\.features.keys)).sorted()
    let count = names.count
    let total = examples.reduce(0) { $0 + $1.weight }
    guard total > 0 else { return ([:], 0) }
    // Standardised, so that one ridge serves all.
    let means = names.map { name in examples.reduce(0) { $0 + $1.weight * ($1.features[name] ?? 0) } / total }
    let deviations = names.indices.map { i in
      let variance =
        examples.reduce(0) { sum, example in
          let difference = (example.features[names[i]] ?? 0) - means[i]
          return sum + example.weight * difference * difference
        } / total
      return max(variance.squareRoot(), 1e-6)
    }
    let rows = examples.map { example in
      names.indices.map { ((example.features[names[$0]] ?? 0) - means[$0]) / deviations[$0] } + [1]
    }
    var solution = [Double](repeating: 0, count: count + 1)
    for _ in 0..<25 {
      var gradient = [Double](repeating: 0, count: count + 1)
      var curvature = [[Double]](repeating: gradient, count: count + 1)
      for (row, example) in zip(rows, examples) {
        var sum = 0.0
        for i in 0...count { sum += row[i] * solution[i] }
        let p = 1 / (1 + exp(-sum))
        let (residual, slope) = (
          example.weight * (p - (example.isRight ? 1 : 0)), example.weight * max(p * (1 - p), 1e-9)
        )
        for i in 0...count {
          gradient[i] += residual * row[i]
          for j in 0...i { curvature[i][j] += slope * row[i] * row[j] }
        }
      }
      for i in 0...count {
        for j in 0..<i { curvature[j][i] = curvature[i][j] }
        if i < count {
          gradient[i] += ridge * solution[i]
          curvature[i][i] += ridge
        }
      }
      let step = solve(curvature, gradient)
      for i in 0...count { solution[i] -= step[i] }
      if step.allSatisfy({ abs($0) < 1e-7 }) { break }
    }
    var bias = solution[count]
    var weights: [String: Double] = [:]
    for (i, name) in names.enumerated() {
      weights[name] = solution[i] / deviations[i]
      bias -= solution[i] * means[i] / deviations[i]
    }
    return (weights, bias)
  }

  /// Gaussian elimination with pivots.
  private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
    var (a, b) = (matrix, right)
    let n = b.count
    for i in 0..<n {
      let pivot = (i..<n).max { abs(a[$0][i]) < abs(a[$1][i]) } ?? i
      a.swapAt(i, pivot)
      b.swapAt(i, pivot)
      guard abs(a[i][i]) > 1e-12 else { continue }
      for row in i + 1..<n {
        let factor = a[row][i] / a[i][i]
        if factor == 0 { continue }
        for column in i..<n { a[row][column] -= factor * a[i][column] }
        b[row] -= factor * b[i]
      }
    }
    var x = [Double](repeating: 0, count: n)
    for i in stride(from: n - 1, through: 0, by: -1) {
      var sum = b[i]
      for column in i + 1..<n { sum -= a[i][column] * x[column] }
      x[i] = abs(a[i][i]) > 1e-12 ? sum / a[i][i] : 0
    }
    return x
  }
}
