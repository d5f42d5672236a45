import DataFolders
package import Events

/// What became of the word that an evaluation looks at.
package enum Decision: Sendable, Equatable {
  case digit(Event.Guess)
  case rejected(Event.NotDetected.Reason, Event.Guess?)
}

/// What a model makes of one recording of one word.
package struct Hypothesis: Sendable, Equatable {
  /// The choice among the ten, whether or not it was told.
  package var guess: Event.Guess
  /// The probability that no digit was said, 0…1.
  package var other: Double
  package var decision: Decision

  package init(guess: Event.Guess, other: Double, decision: Decision) {
    self.guess = guess
    self.other = other
    self.decision = decision
  }
}

/// What was made of one recording.
package struct Outcome: Sendable {
  package let recording: Recording
  /// The best guess of the ten, and what became of it.
  package let recognition: Hypothesis
  /// The digits that were told, in order.
  package let told: [Int]

  /// - Parameter told: what was told, if it was more than the decision says.
  package init(recording: Recording, recognition: Hypothesis, told: [Int]? = nil) {
    self.recording = recording
    self.recognition = recognition
    if let told {
      self.told = told
    } else if case .digit(let guess) = recognition.decision {
      self.told = [guess.digit]
    } else {
      self.told = []
    }
  }
}
