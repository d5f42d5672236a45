/// What the network for single words makes of one utterance.
public struct Hypothesis: Sendable, Equatable {
  public var guess: Guess
  /// The probability that no digit was said, 0…1.
  public var other: Double
  public var decision: Decision

  public init(guess: Guess, other: Double, decision: Decision) {
    self.guess = guess
    self.other = other
    self.decision = decision
  }
}
