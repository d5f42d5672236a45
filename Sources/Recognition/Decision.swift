/// What the network thinks was said, if it was a digit.
package struct Guess: Sendable, Equatable {
  /// The most probable of the ten.
  package var digit: Int
  /// The network's probability, at its temperature, that a digit was said and that it was this one, 0…1: what thresholds go
  /// by.
  package var score: Double
  /// The score with its log-odds shifted, see `ModelMetadata.Calibration`: how often such an answer is right. What people and
  /// programs are told; no decision goes by it.
  package var confidence: Double
  /// The probability of each digit given that one was said: ten values that sum to 1.
  package var probabilities: [Double]

  package init(digit: Int, score: Double, confidence: Double, probabilities: [Double]) {
    self.digit = digit
    self.score = score
    self.confidence = confidence
    self.probabilities = probabilities
  }
}

/// Why something that was said is not reported as a digit. The raw values are those of the `not-detected` event.
package enum RejectionReason: String, Sendable, Equatable, CaseIterable {
  case tooShort = "too-short"
  case tooLong = "too-long"
  case tooQuiet = "too-quiet"
  case notADigit = "not-a-digit"
  case unsure
}

/// What became of one utterance.
package enum Decision: Sendable, Equatable {
  case digit(Guess)
  case rejected(RejectionReason, Guess?)

  package var guess: Guess? {
    switch self {
    case .digit(let guess): guess
    case .rejected(_, let guess): guess
    }
  }
}
