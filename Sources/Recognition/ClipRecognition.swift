import VoiceActivity

/// How a whole recording is heard: its main utterance is found, what lies before it is its background.
extension Recognizer {
  /// A recording is cut as a word in a stream is.
  private static let settings = ListenerSettings()

  /// What was made of a recording, and of which parts of it; in samples.
  package struct Look {
    package var hypothesis: Hypothesis
    /// The sound itself; what the network was given of it; what noise reduction went by.
    package var utterance: Range<Int>
    package var heard: Range<Int>
    package var background: Range<Int>
  }

  /// Recognises the main utterance of a recording.
  ///
  /// - Parameter samples: 8 kHz mono, conditioned (see `AudioConditioner.condition`).
  /// - Returns: `too-quiet` as the decision where there is no sound; the guess is made all the same.
  public func recognize(clip samples: [Float]) -> Hypothesis {
    samples.withUnsafeBufferPointer { look(at: $0, again: false).hypothesis }
  }

  /// - Parameter again: whether `image` is to be that of the answer, not of the last cut that was tried.
  package func look(at samples: UnsafeBufferPointer<Float>, again: Bool = true) -> Look {
    guard let bounds = UtteranceBounds.find(in: samples) else {
      var result = recognize(samples, background: UnsafeBufferPointer(rebasing: samples[..<0]))
      result.decision = .rejected(.tooQuiet, result.guess)
      result.certainEarly = false
      return Look(hypothesis: result, utterance: 0..<0, heard: 0..<samples.count, background: 0..<0)
    }
    // In noise the utterance may seem to go on for ever: then it is cut tighter as well, and the surer answer counts.
    let cuts =
      [bounds]
      + UtteranceBounds.tightened(in: samples, longest: Self.settings.longestDigit * VoiceFrame.length).suffix(1)
    let answers = cuts.map { recognize($0, of: samples) }
    let best = answers.indices.max { answers[$0].guess.score < answers[$1].guess.score } ?? 0
    if again, best != answers.count - 1 { _ = recognize(cuts[best], of: samples) }
    return Look(
      hypothesis: answers[best], utterance: cuts[best].utterance, heard: Self.heard(cuts[best], of: samples),
      background: cuts[best].background)
  }

  private static func heard(_ cut: UtteranceBounds, of samples: UnsafeBufferPointer<Float>) -> Range<Int> {
    let (front, back) = (settings.front * VoiceFrame.length, settings.back * VoiceFrame.length)
    return max(0, cut.utterance.lowerBound - front)..<min(samples.count, cut.utterance.upperBound + back)
  }

  private func recognize(_ cut: UtteranceBounds, of samples: UnsafeBufferPointer<Float>) -> Hypothesis {
    recognize(
      UnsafeBufferPointer(rebasing: samples[Self.heard(cut, of: samples)]),
      background: UnsafeBufferPointer(rebasing: samples[cut.background]))
  }
}
