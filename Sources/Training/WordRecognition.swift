import Recognition

/// How the network for single words hears a whole recording: its main utterance, with some room around it, against what
/// lies before it.
extension Recognizer {
  /// Samples before and after the sound that the network is given with it: 50 and 100 ms.
  private static let (front, back) = (400, 800)

  /// - Parameter samples: 8 kHz mono, conditioned.
  /// - Returns: `too-quiet` as the decision where there is no sound; the guess is made all the same.
  package func recognize(clip samples: [Float]) -> Hypothesis {
    samples.withUnsafeBufferPointer { samples in
      guard let bounds = SoundBounds.find(in: samples) else {
        var result = recognize(samples, background: UnsafeBufferPointer(rebasing: samples[..<0]))
        result.decision = .rejected(.tooQuiet, result.guess)
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
