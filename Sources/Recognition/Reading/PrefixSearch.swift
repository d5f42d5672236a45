#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a few columns may say, best first: prefix beam search of connectionist temporal classification (A. Hannun and
/// others, "First-pass large vocabulary continuous speech recognition using bi-directional recurrent DNNs", 2014), in the
/// log domain.
package struct PrefixSearch: Sendable {
  package struct Reading: Sendable, Equatable {
    /// The words' labels, in the order they are said.
    package var words: [Word]
    /// The natural logarithm of the probability that the columns say just this.
    package var logProbability: Float

    package var labels: [Int] { words.map(\.label) }
  }

  package struct Word: Sendable, Equatable {
    package var label: Int
    /// The column in which its label is the most probable.
    package var column: Int
    package var peak: Float
  }

  private struct Prefix {
    var words: [Word]
    /// The prefix with a blank last, and with its last word last.
    var blank: Float
    var word: Float
    var total: Float { PrefixSearch.add(blank, word) }
  }

  private static let width = 12
  /// Labels less probable than this are not tried: −9.2 is one in ten thousand.
  private static let smallest: Float = -9.2

  /// - Parameter columns: in their order; the blank is the last label.
  /// - Returns: at most `width` readings, the empty one among them, the most probable first.
  package static func read(_ columns: some Sequence<ColumnScores>) -> [Reading] {
    var beam = [Prefix(words: [], blank: 0, word: -.infinity)]
    for (index, column) in columns.enumerated() {
      let blank = column.labels.count - 1
      var next: [[Int]: Prefix] = [:]
      func update(_ words: [Word], _ change: (inout Prefix) -> Void) {
        change(&next[words.map(\.label), default: Prefix(words: words, blank: -.infinity, word: -.infinity)])
      }
      for prefix in beam {
        update(prefix.words) {
          $0.blank = add($0.blank, prefix.total + column.labels[blank])
          guard let last = prefix.words.last else { return }
          let score = column.labels[last.label]
          $0.word = add($0.word, prefix.word + score)
          if score > last.peak, let place = $0.words.indices.last {
            ($0.words[place].peak, $0.words[place].column) = (score, index)
          }
        }
        for label in 0..<blank where column.labels[label] > smallest {
          // The same word again needs a blank between the two.
          let before = prefix.words.last?.label == label ? prefix.blank : prefix.total
          guard before > -.infinity else { continue }
          let word = Word(label: label, column: index, peak: column.labels[label])
          update(prefix.words + [word]) { $0.word = add($0.word, before + column.labels[label]) }
        }
      }
      // A dictionary's order differs from run to run: ties are broken by what is said.
      beam = next.sorted {
        $0.value.total != $1.value.total ? $0.value.total > $1.value.total : $0.key.lexicographicallyPrecedes($1.key)
      }.map(\.value)
      if beam.count > width { beam.removeLast(beam.count - width) }
    }
    return beam.map { Reading(words: $0.words, logProbability: $0.total) }
  }

  static func add(_ a: Float, _ b: Float) -> Float {
    let (high, low) = a > b ? (a, b) : (b, a)
    return low == -.infinity ? high : high + log1pf(expf(low - high))
  }
}
