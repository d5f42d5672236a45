import DataFolders
package import Events

/// The decision about the word that an evaluation looks at.
package enum Decision: Sendable, Equatable {
  case digit(Event.Guess)
  case rejected(Event.NotDetected.Reason, Event.Guess?)
}

/// The recognition result for a recording of one word.
package struct Hypothesis: Sendable, Equatable {
  /// The best guess of the ten, whether or not it was emitted.
  package var guess: Event.Guess
  /// The probability of a non-digit, 0…1.
  package var other: Double
  package var decision: Decision

  package init(guess: Event.Guess, other: Double, decision: Decision) {
    self.guess = guess
    self.other = other
    self.decision = decision
  }
}

/// The result for one recording.
package struct Outcome: Sendable {
  package let recording: Recording
  /// The best guess of the ten, and the decision.
  package let recognition: Hypothesis
  /// The emitted digits, in order.
  package let emitted: [Int]

  /// - Parameter emitted: the emitted digits, if they differ from what the decision says.
  package init(recording: Recording, recognition: Hypothesis, emitted: [Int]? = nil) {
    self.recording = recording
    self.recognition = recognition
    if let emitted {
      self.emitted = emitted
    } else if case .digit(let guess) = recognition.decision {
      self.emitted = [guess.digit]
    } else {
      self.emitted = []
    }
  }
}
