import Events
package import SpeechFeatures

/// A wrongly recognised recording with data for its picture.
package struct Mistake: Sendable {
  package enum Kind: Int, Sendable, Comparable {
    /// A digit that was recognised as another.
    case mistaken
    /// A false accept: a non-digit that was recognised as a digit.
    case taken
    /// A digit with a right best guess that was rejected.
    case rejected

    package static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }
  }

  package let kind: Kind
  package let outcome: Outcome
  /// 8 kHz, conditioned.
  package let samples: [Float]
  /// The spectrogram of the samples.
  package let spectrogram: SpectrogramPicture

  /// The worst of the given outcomes: the most confident first, at most `count` of each kind.
  ///
  /// - Parameter clips: the recordings of `outcomes`, in the same order.
  static func worst(of outcomes: [Outcome], clips: [Clip], count: Int) throws -> [Mistake] {
    let wrong = outcomes.indices.compactMap { index in kind(of: outcomes[index]).map { (index, $0) } }
    return try Dictionary(grouping: wrong) { $0.1 }.sorted { $0.key < $1.key }.flatMap { kind, found in
      // Rejecting a digit with low confidence is justified, so here, too, the most confident are the worst.
      try found.map { $0.0 }.sorted {
        let (a, b) = (outcomes[$0].recognition.guess.confidence, outcomes[$1].recognition.guess.confidence)
        return (b, $0) < (a, $1)
      }.prefix(count).map { index in
        let samples = clips[index].samples
        return Mistake(
          kind: kind, outcome: outcomes[index], samples: samples,
          spectrogram: try SpectrogramPicture(samples, columns: 288))
      }
    }
  }

  private static func kind(of outcome: Outcome) -> Kind? {
    switch outcome.recording.label {
    case .digit: outcome.isRight ? (outcome.isEmitted ? nil : .rejected) : .mistaken
    case .speech, .noise: outcome.isEmitted ? .taken : nil
    case .sequence: nil
    }
  }
}
