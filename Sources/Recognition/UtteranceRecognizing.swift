/// What a recogniser makes of one utterance.
public struct Hypothesis: Sendable, Equatable {
  public var guess: Guess
  /// The probability that no digit was said, 0…1.
  public var other: Double
  public var decision: Decision
  /// Whether the answer is a digit so plainly that more sound would hardly change it.
  public var certainEarly: Bool

  public init(guess: Guess, other: Double, decision: Decision, certainEarly: Bool) {
    self.guess = guess
    self.other = other
    self.decision = decision
    self.certainEarly = certainEarly
  }
}

/// Whatever can tell which digit an utterance is.
public protocol UtteranceRecognizing: AnyObject {
  /// - Parameters:
  ///   - utterance: 8 kHz mono, −1…1, conditioned, as voice activity cut it.
  ///   - background: up to a second of what was heard before it without speech, the latest last; may be empty.
  func recognize(_ utterance: UnsafeBufferPointer<Float>, background: UnsafeBufferPointer<Float>) -> Hypothesis
}
