/// What the network for single words makes of one utterance.
package struct Hypothesis: Sendable, Equatable {
  package var guess: Guess
  /// The probability that no digit was said, 0…1.
  package var other: Double
  package var decision: Decision

  package init(guess: Guess, other: Double, decision: Decision) {
    self.guess = guess
    self.other = other
    self.decision = decision
  }
}
