#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A word that the decoder found, before the verdict.
package struct FoundWord: Sendable, Equatable {
  /// Its label in the network's order.
  package var label: Int
  /// Columns since the network woke: where its label stands, and where its sound lies.
  package var column: Int
  package var sound: Range<Int>
  /// The probability of each label at this place, the same for a word of no other: they sum to at most 1; what is missing
  /// is the probability that no word was said.
  package var probabilities: [Double]
  /// What the verdict goes by.
  package var features: [String: Double]
}

/// Turns columns of scores into words, each as soon as the passage that it stands in is over.
package struct WordFinder: Sendable {
  private let labels: Int
  private var passages = PassageFinder()
  /// The latest columns, the last one being `next - 1`.
  private var recent: [ColumnScores] = []
  private var next = 0
  /// Where the sound of the last word ended, and where its label stood.
  private var lastColumn = -1
  /// Labels' columns of the words that were told lately.
  private var told: [Int] = []

  /// Columns that are kept to look back at: 3 s.
  private static let kept = 96
  private static let second = 31

  /// - Parameter labels: the blank not included.
  package init(labels: Int) { self.labels = labels }

  /// Columns taken in.
  package var columns: Int { next }
  /// Whether a word may be under way.
  package var isOpen: Bool { passages.isOpen }
  /// Where what is under way began.
  package var openStart: Int { passages.start }

  /// Takes the next column; returns the words that it completes.
  package mutating func process(_ column: ColumnScores) -> [FoundWord] {
    if recent.count == Self.kept { recent.removeFirst(Self.kept / 2) }
    recent.append(column)
    next += 1
    return passages.process(column).map { words(in: $0) } ?? []
  }

  /// The sound is over.
  package mutating func finish() -> [FoundWord] { passages.finish().map { words(in: $0) } ?? [] }

  /// A word was told: it belongs to what the next ones stand among.
  package mutating func tell(_ word: FoundWord) {
    told.append(word.column)
    if told.count > 8 { told.removeFirst() }
  }

  private func scores(_ column: Int) -> ColumnScores? {
    let place = column - (next - recent.count)
    return recent.indices.contains(place) ? recent[place] : nil
  }

  /// The words of the most probable reading that has any.
  private mutating func words(in passage: Passage) -> [FoundWord] {
    guard let best = passage.readings.first(where: { !$0.words.isEmpty }) else { return [] }
    let total = passage.readings.reduce(-Float.infinity) { PrefixSearch.add($0, $1.logProbability) }
    return best.words.indices.map { position in
      let word = best.words[position]
      let column = passage.columns.lowerBound + word.column
      var probabilities = [Double](repeating: 0, count: labels)
      for reading in passage.readings where reading.words.count > position {
        // At the same place, or thereabouts: one more or one fewer word before it moves it.
        guard
          let near = reading.words.min(by: { abs($0.column - word.column) < abs($1.column - word.column) }),
          abs(near.column - word.column) <= 3
        else { continue }
        probabilities[near.label] += Double(expf(reading.logProbability - total))
      }
      let sound = sound(around: column, after: lastColumn)
      let found = FoundWord(
        label: word.label, column: column, sound: sound, probabilities: probabilities,
        features: features(word.label, probabilities, column: column, sound: sound, peak: word.peak, passage: passage))
      lastColumn = column
      return found
    }
  }

  /// From where speech began, or the word before ended, to the last speech heard.
  private func sound(around column: Int, after previous: Int) -> Range<Int> {
    var start = column
    while start > 0, start - 1 > previous, column - start < 28, let before = scores(start - 1), before.isSpeech {
      start -= 1
    }
    var end = column + 1
    while end < next, end - column < 12, let after = scores(end), after.isSpeech { end += 1 }
    return start..<end
  }

  private func features(
    _ label: Int, _ probabilities: [Double], column: Int, sound: Range<Int>, peak: Float, passage: Passage
  ) -> [String: Double] {
    func logOdds(_ p: Double) -> Double { log(max(p, 1e-6) / max(1 - p, 1e-6)) }
    func mean(_ range: Range<Int>, _ value: (ColumnScores) -> Float) -> Double {
      let values = range.compactMap { scores($0).map(value) }
      return values.isEmpty ? 0 : Double(values.reduce(0, +)) / Double(values.count)
    }
    let own = probabilities[label]
    let second = probabilities.indices.filter { $0 != label }.map { probabilities[$0] }.max() ?? 0
    let before = max(0, sound.lowerBound - Self.second)..<sound.lowerBound
    let after = min(sound.upperBound, next)..<next
    let gap = before.reversed().prefix { scores($0).map { !$0.isSpeech } ?? true }.count
    return [
      "log-odds": logOdds(own), "margin": min(12, log(max(own, 1e-6) / max(second, 1e-6))),
      "peak": Double(peak), "columns": log(Double(passage.columns.count)),
      "length": log(Double(sound.count)), "length-squared": log(Double(sound.count)) * log(Double(sound.count)),
      "digit-sound": logOdds(mean(sound) { $0.digit }), "other-sound": logOdds(mean(sound) { $0.other }),
      "other-before": mean(before) { $0.other }, "other-after": mean(after) { $0.other },
      "digit-before": mean(before) { $0.digit }, "silence-after": mean(after) { $0.silence },
      "pause-before": Double(min(gap, 16)) / 16,
      "digits-before": Double(told.count { column - $0 < 2 * Self.second }) / 4,
    ]
  }
}

extension SequenceVerdict {
  /// How sure it is that a word was said as it was found, 0…1.
  package func confidence(_ features: [String: Double]) -> Double {
    var sum = bias
    // In the order of the names: a sum in another order could differ in its last bits.
    for (name, weight) in sorted { sum += weight * (features[name] ?? 0) }
    return 1 / (1 + exp(-sum))
  }
}
