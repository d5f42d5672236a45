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
  package struct Shares: Sendable, Equatable {
    package var other = 0.0
    package var digit = 0.0
  }

  package private(set) var shares = Shares()

  /// In columns.
  private let timeConstant: Double
  /// What a column adds to a share.
  private let weight: Double

  package init(_ search: SequenceModel.Search) {
    timeConstant = Double(search.memory)
    weight = 1 / timeConstant
  }

  package mutating func add(_ scores: ColumnScores) {
    shares.other += weight * (Double(scores.other) - shares.other)
    shares.digit += weight * (Double(scores.digit) - shares.digit)
  }

  /// Accounts for this many columns of silence.
  package mutating func fade(columns: Double) {
    let kept = exp(-max(0, columns) / timeConstant)
    shares.other *= kept
    shares.digit *= kept
  }
}
