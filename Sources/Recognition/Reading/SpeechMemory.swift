package import DigitNetwork

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How much recent time was other speech and how much was digits, with exponential decay. A digit among digits is
/// likely; one in the middle of talk is not.
package struct SpeechMemory: Sendable, Equatable {
  /// Shares of the time, 0…1.
  package private(set) var other = 0.0
  package private(set) var digit = 0.0

  /// In columns.
  private let timeConstant: Double
  /// What a column adds to a share.
  private let weight: Double

  package init(_ search: SequenceModel.Search) {
    timeConstant = Double(search.memory)
    weight = 1 / timeConstant
  }

  package mutating func add(_ scores: ColumnScores) {
    other += weight * (Double(scores.other) - other)
    digit += weight * (Double(scores.digit) - digit)
  }

  /// Accounts for this many columns of silence.
  package mutating func fade(columns: Double) {
    let kept = exp(-max(0, columns) / timeConstant)
    other *= kept
    digit *= kept
  }
}
