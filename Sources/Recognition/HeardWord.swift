import VoiceActivity

/// A word, or a part of a cut, and what was heard in it, before it is judged.
package struct HeardWord: Sendable, Equatable {
  package var word: DetectedWord
  /// What the recogniser said to it.
  package var answer: Hypothesis
  /// How many frames of a voice there are in it, as far as anybody wants to know.
  package var voicedFrames: Int
  package var utterance: DecidedUtterance

  package init(word: DetectedWord, answer: Hypothesis, voicedFrames: Int, utterance: DecidedUtterance) {
    self.word = word
    self.answer = answer
    self.voicedFrames = voicedFrames
    self.utterance = utterance
  }

  /// Frames that lie between two words at least.
  private static let shortestGap = 5

  /// Of digits that overlap, or nearly touch, the one with the most confidence: no sound is told twice.
  ///
  /// - Returns: in the order of time.
  package static func surest(of digits: [HeardWord]) -> [HeardWord] {
    var chosen: [HeardWord] = []
    for digit in digits.sorted(by: { $0.answer.guess.score > $1.answer.guess.score })
    where !chosen.contains(where: { $0.touches(digit) }) {
      chosen.append(digit)
    }
    return chosen.sorted { $0.word.start < $1.word.start }
  }

  private func touches(_ other: HeardWord) -> Bool {
    word.start < other.word.end + Self.shortestGap && other.word.start < word.end + Self.shortestGap
  }
}
