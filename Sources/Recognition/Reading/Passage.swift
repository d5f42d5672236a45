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
  package struct Settings: Sendable, Equatable {
    /// A column whose blank is more probable than this, 0…1, ends the passage.
    package var surelyBlank: Float = 0.98
    /// The maximum length of a passage, in columns: 1.3 s. A longer one is cut, so that its words need not wait for its end.
    package var longest = 40

    package init() {}
  }

  private let settings: Settings
  private var open: [ColumnScores] = []
  private var next = 0

  package init(_ settings: Settings = Settings()) { self.settings = settings }

  /// Whether a passage has begun.
  package var isOpen: Bool { !open.isEmpty }
  /// Where the current passage began.
  package var start: Int { next - open.count }

  /// Takes the next column; returns the passage that it ends.
  package mutating func process(_ column: ColumnScores) -> Passage? {
    defer { next += 1 }
    if column.blank > settings.surelyBlank { return close() }
    open.append(column)
    if open.count >= settings.longest {
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
