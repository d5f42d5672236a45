/// The words that the recordings of a bank say, as far as their manifests tell: first the ten digits, then the others.
///
/// A network that need only know that "seventy" is no digit learns by what "seventy" lacks of a seven. One that must also
/// say which word it was learns what people's mouths do; the more so as those who say other words are not those who
/// say digits (R. Caruana, "Multitask learning", 1997).
package struct Vocabulary: Sendable, Equatable {
  /// A word that fewer recordings say teaches nobody what is common to them.
  static let fewestRecordings = 5
  static let none = Vocabulary()

  /// The words that are no digits, sorted.
  package let words: [String]
  private let places: [String: Int]

  private init() {
    words = []
    places = [:]
  }

  /// - Parameter said: what each recording says; empty where nobody wrote it down.
  package init(_ said: some Sequence<String>) {
    var counts: [String: Int] = [:]
    for word in said where !word.isEmpty { counts[word, default: 0] += 1 }
    words = counts.filter { $0.value >= Self.fewestRecordings }.keys.sorted()
    places = Dictionary(uniqueKeysWithValues: zip(words, 10...))
  }

  /// How many there are to choose from; 0 where the recordings' words are not known.
  package var count: Int { words.isEmpty ? 0 : 10 + words.count }

  /// Which of them a recording says.
  package func place(of recording: Recording) -> Int? {
    switch recording.label {
    case .digit(let digit): words.isEmpty ? nil : digit
    case .speech: places[recording.word]
    case .noise, .sequence: nil
    }
  }
}
