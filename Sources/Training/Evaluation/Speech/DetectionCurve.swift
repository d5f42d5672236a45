/// How often a detector of digits errs on either side, over its threshold (A. Martin et al., "The DET Curve in Assessment
/// of Detection Task Performance", 1997).
public struct DetectionCurve: Sendable, Equatable, Codable {
  public struct Point: Sendable, Equatable, Codable {
    public var threshold: Double
    /// What is no digit and was taken for one.
    public var falseAccepts: Proportion
    /// Digits that were not told, or told wrongly.
    public var misses: Proportion

    enum CodingKeys: String, CodingKey {
      case threshold, misses
      case falseAccepts = "false_accepts"
    }

    public init(threshold: Double, falseAccepts: Proportion, misses: Proportion) {
      self.threshold = threshold
      self.falseAccepts = falseAccepts
      self.misses = misses
    }
  }

  public var name: String
  /// By rising threshold.
  public var points: [Point]

  public init(name: String, points: [Point]) {
    self.name = name
    self.points = points
  }

  /// A digit's best guess: its score, and whether it was right.
  public struct Trial: Sendable, Equatable {
    public var score: Double
    public var isRight: Bool

    public init(score: Double, isRight: Bool) {
      self.score = score
      self.isRight = isRight
    }
  }

  /// The most points that a curve has.
  private static let mostPoints = 200

  /// The curve of a detector that tells what it is sure of to a threshold or more: a point for each threshold from which
  /// on another digit is missed.
  ///
  /// - Parameter others: the scores of what is no digit.
  public init(name: String, digits: [Trial], others: [Double]) {
    self.name = name
    let steps = Set(digits.filter(\.isRight).map(\.score)).sorted() + [.infinity]
    let stride = max(1, (steps.count + Self.mostPoints - 1) / Self.mostPoints)
    points = steps.indices.filter { $0 % stride == 0 || $0 == steps.count - 1 }.map { index in
      let threshold = steps[index]
      return Point(
        threshold: min(threshold, 1), falseAccepts: Proportion(others.count { $0 >= threshold }, of: others.count),
        misses: Proportion(digits.count { !$0.isRight || $0.score < threshold }, of: digits.count))
    }
  }

  /// The rate at which both kinds of error are as frequent, between the two points where they cross.
  public var equalErrorRate: Double? {
    for (a, b) in zip(points, points.dropFirst()) {
      let (before, after) = (a.falseAccepts.rate - a.misses.rate, b.falseAccepts.rate - b.misses.rate)
      guard before >= 0, after <= 0 else { continue }
      let share = before == after ? 0 : before / (before - after)
      return a.misses.rate + share * (b.misses.rate - a.misses.rate)
    }
    return nil
  }
}
