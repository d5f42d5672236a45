/// The error rates of a digit detector over its threshold (A. Martin et al., "The DET Curve in Assessment of Detection
/// Task Performance", 1997).
package struct DetectionCurve: Sendable, Equatable, Codable {
  package struct Point: Sendable, Equatable, Codable {
    package var threshold: Double
    /// False accepts: non-digits taken for digits.
    package var falseAccepts: Proportion
    /// Digits that were not emitted, or emitted as another digit.
    package var misses: Proportion

    enum CodingKeys: String, CodingKey {
      case threshold, misses
      case falseAccepts = "false_accepts"
    }

    package init(threshold: Double, falseAccepts: Proportion, misses: Proportion) {
      self.threshold = threshold
      self.falseAccepts = falseAccepts
      self.misses = misses
    }
  }

  package var name: String
  /// By rising threshold.
  package var points: [Point]

  package init(name: String, points: [Point]) {
    self.name = name
    self.points = points
  }

  /// The rate at which both kinds of error are equally frequent, interpolated between the two points where they cross.
  package var equalErrorRate: Double? {
    for (a, b) in zip(points, points.dropFirst()) {
      let (before, after) = (a.falseAccepts.rate - a.misses.rate, b.falseAccepts.rate - b.misses.rate)
      guard before >= 0, after <= 0 else { continue }
      let share = before == after ? 0 : before / (before - after)
      return a.misses.rate + share * (b.misses.rate - a.misses.rate)
    }
    return nil
  }
}
