#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The most probable readings of a few columns: prefix beam search of connectionist temporal classification (A. Hannun
/// and others, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs", 2014),
/// in the log domain.
package struct PrefixSearch: Sendable {
  package struct Reading: Sendable, Equatable {
    /// The words, in spoken order.
    package var words: [Word]
    /// The natural logarithm of the probability of this reading.
    package var logProbability: Float

    package var labels: [Int] { words.map(\.label) }
  }

  package struct Word: Sendable, Equatable {
    package var label: Int
    /// The column in which its label is most probable.
    package var column: Int
    package var peak: Float
  }

  static let width = 12
  /// Labels less probable than this are not tried: −9.2 is one in ten thousand.
  static let smallest: Float = -9.2

  /// - Parameter columns: in their order; the blank is the last label.
  /// - Returns: at most `width` readings, the empty one among them, the most probable first.
  package static func read(_ columns: some Sequence<ColumnScores>) -> [Reading] {
    var beam = Beam()
    for (index, column) in columns.enumerated() { beam.take(column.labels, at: index) }
    return beam.readings
  }

  static func add(_ a: Float, _ b: Float) -> Float {
    let (high, low) = a > b ? (a, b) : (b, a)
    return low == -.infinity ? high : high + log1pf(expf(low - high))
  }
}
