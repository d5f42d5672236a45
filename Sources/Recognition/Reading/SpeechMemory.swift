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

  /// The time constant in columns: 32 s. Of 3, 8, 16 and 32 s the longest distinguished talk best from digits among
  /// words.
  private static let columns = 1000.0

  package init() {}

  package mutating func add(_ scores: ColumnScores) {
    let share = 1 / Self.columns
    other += share * (Double(scores.other) - other)
    digit += share * (Double(scores.digit) - digit)
  }

  /// Accounts for this many columns of silence.
  package mutating func fade(columns: Double) {
    let kept = exp(-max(0, columns) / Self.columns)
    other *= kept
    digit *= kept
  }
}
