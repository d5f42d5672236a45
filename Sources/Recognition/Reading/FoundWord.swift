/// A word that the decoder found, before the verdict.
package struct FoundWord: Sendable, Equatable {
  /// Its label in the network's order.
  package var label: Int
  /// The column of its label and the columns of its sound, counted since the network woke.
  package var column: Int
  package var sound: Range<Int>
  /// The probability of each label at this place. They sum to at most 1; the rest is the probability that no word was
  /// said.
  package var probabilities: [Double]
  /// The features that the verdict uses.
  package var features: [String: Double]
  package var occasion = Occasion.inTime

  /// On which occasion it was found.
  package enum Occasion: Sendable, Equatable {
    /// Before the sound after it has arrived, assuming that silence follows. If the verdict is unsure then, the word is
    /// found again in time.
    case early
    case inTime
    /// The verdict was unsure, and now the word that follows without a pause is known.
    case again
  }

  /// Whether this decision is ignored: an unsure one, when there is another decision about the word in time.
  package func isIgnored(isSure: Bool) -> Bool { occasion != .inTime && !isSure }
}
