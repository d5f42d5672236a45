import VoiceActivity

/// A digit that was found in a part of a cut.
package struct FoundDigit: Sendable, Equatable {
  /// What the recogniser said to it.
  package var answer: Hypothesis
  package var utterance: DecidedUtterance
  package var word: DetectedWord

  package init(answer: Hypothesis, utterance: DecidedUtterance, word: DetectedWord) {
    self.answer = answer
    self.utterance = utterance
    self.word = word
  }

  /// Frames that lie between two words at least.
  private static let shortestGap = 5

  /// Of digits that overlap, or nearly touch, the one with the most confidence: no sound is told twice.
  ///
  /// - Returns: in the order of time.
  package static func surest(of digits: [FoundDigit]) -> [FoundDigit] {
    var chosen: [FoundDigit] = []
    for digit in digits.sorted(by: { $0.answer.guess.confidence > $1.answer.guess.confidence })
    where !chosen.contains(where: { $0.touches(digit) }) {
      chosen.append(digit)
    }
    return chosen.sorted { $0.word.start < $1.word.start }
  }

  private func touches(_ other: FoundDigit) -> Bool {
    word.start < other.word.end + Self.shortestGap && other.word.start < word.end + Self.shortestGap
  }
}
