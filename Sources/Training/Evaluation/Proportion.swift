import Wording

/// A count out of a total.
package struct Proportion: Sendable, Equatable, Codable {
  package var count: Int
  package var total: Int

  package init(_ count: Int, of total: Int) {
    self.count = count
    self.total = total
  }

  /// The rate, 0…1; 0 if the total is 0.
  package var rate: Double { total == 0 ? 0 : Double(count) / Double(total) }

  /// The 95 % confidence interval of the rate (E. Wilson, "Probable Inference, the Law of Succession, and Statistical
  /// Inference", 1927).
  package var interval: ClosedRange<Double> {
    guard total > 0 else { return 0...1 }
    let (n, z) = (Double(total), 1.959_964)
    let middle = (rate + z * z / (2 * n)) / (1 + z * z / n)
    let half = z / (1 + z * z / n) * (rate * (1 - rate) / n + z * z / (4 * n * n)).squareRoot()
    return max(0, middle - half)...min(1, middle + half)
  }

  /// For example "34 of 253 (13.4 %)".
  package var text: String { "\(count) of \(total) (\(percent(rate, 1)))" }
}
