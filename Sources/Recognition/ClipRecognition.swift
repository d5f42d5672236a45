import VoiceActivity

/// How a whole recording is heard: its main utterance is found, what lies before it is its background.
extension Recognizer {
  /// What is kept before the sound and after it, in samples: 50 and 100 ms.
  private static let (front, back) = (400, 800)

  /// Recognises the main utterance of a recording.
  ///
  /// - Parameter samples: 8 kHz mono, conditioned (see `AudioConditioner.condition`).
  /// - Returns: `too-quiet` as the decision where there is no sound; the guess is made all the same.
  public func recognize(clip samples: [Float]) -> Hypothesis {
    samples.withUnsafeBufferPointer { samples in
      guard let bounds = UtteranceBounds.find(in: samples) else {
        var result = recognize(samples, background: UnsafeBufferPointer(rebasing: samples[..<0]))
        result.decision = .rejected(.tooQuiet, result.guess)
        result.certainEarly = false
        return result
      }
      let start = max(0, bounds.utterance.lowerBound - Self.front)
      let end = min(samples.count, bounds.utterance.upperBound + Self.back)
      return recognize(
        UnsafeBufferPointer(rebasing: samples[start..<end]),
        background: UnsafeBufferPointer(rebasing: samples[bounds.background]))
    }
  }
}
