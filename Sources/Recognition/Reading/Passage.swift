package import DigitNetwork

/// A run of columns that may contain words, between columns that are certainly blank. Its words do not depend on those
/// of other passages.
package struct Passage: Sendable, Equatable {
  /// Columns since the stretch began.
  package var columns: Range<Int>
  /// Its possible readings, the most probable first.
  package var readings: [PrefixSearch.Reading]
}

/// Cuts a stretch's columns into passages as they arrive.
package struct PassageFinder: Sendable {
  private let surelyBlank: Float
  private let longest: Int
  private var open: [ColumnScores] = []
  private var next = 0

  package init(_ search: SequenceModel.Search) {
    (surelyBlank, longest) = (Float(search.surelyBlank), search.longestPassage)
  }

  /// Whether a passage has begun.
  package var isOpen: Bool { !open.isEmpty }
  /// Where the current passage began.
  package var start: Int { next - open.count }

  /// Takes the next column; returns the passage that it ends.
  package mutating func process(_ column: ColumnScores) -> Passage? {
    defer { next += 1 }
    if column.blank > surelyBlank { return close() }
    open.append(column)
    if open.count >= longest {
      next += 1
      defer { next -= 1 }
      return close()
    }
    return nil
  }

  /// The stretch is over.
  package mutating func finish() -> Passage? { close() }

  private mutating func close() -> Passage? {
    guard !open.isEmpty else { return nil }
    defer { open.removeAll(keepingCapacity: true) }
    return Passage(columns: next - open.count..<next, readings: PrefixSearch.read(open))
  }
}
