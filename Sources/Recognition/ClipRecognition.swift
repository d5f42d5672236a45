import VoiceActivity

/// How a whole recording is heard: its main utterance is found, what lies before it is its background.
extension Recognizer {
  /// What is kept before the sound and after it, in samples: 50 and 100 ms.
  private static let (front, back) = (400, 800)
  /// What is longer than this, 1.024 s, is hardly one digit alone: of the recordings learned from, 99.8 % last less than
  /// 0.91 s.
  private static let longest = 8192

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
      // In noise the utterance may seem to go on for ever: then it is cut tighter as well, and the surer answer counts.
      let cuts = [bounds] + UtteranceBounds.tightened(in: samples, longest: Self.longest).suffix(1)
      let answers = cuts.map { recognize($0, of: samples) }
      return answers.max { $0.guess.confidence < $1.guess.confidence } ?? answers[0]
    }
  }

  private func recognize(_ cut: UtteranceBounds, of samples: UnsafeBufferPointer<Float>) -> Hypothesis {
    let start = max(0, cut.utterance.lowerBound - Self.front)
    let end = min(samples.count, cut.utterance.upperBound + Self.back)
    return recognize(
      UnsafeBufferPointer(rebasing: samples[start..<end]),
      background: UnsafeBufferPointer(rebasing: samples[cut.background]))
  }
}
