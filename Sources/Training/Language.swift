import DataFolders
package import DigitNetwork
import Files
import FoundationEssentials

/// Everything specific to a language: its words for the digits, and how its other words are drawn. It comes from a file
/// of its own (Models/languages), so that the code contains no words of any language.
package struct Language: Sendable, Equatable {
  /// BCP 47.
  package var name: String
  /// The network's labels: the usual words for 0 to 9 in this order, then alternative words.
  package var labels: [SequenceModel.Label]
  /// See `SequenceBank`.
  package var ownWords: Float?
  package var alike: [String: Int] = [:]
  /// What espeak-ng speaks in place of other people: its voices, and non-digit words.
  package var synthesis = Synthesis()

  package struct Synthesis: Sendable, Equatable, Codable {
    package var accents: [String] = []
    package var words: [String] = []
    /// The words for 0 to 9 as espeak-ng needs them; nil where the labels' texts do.
    package var digits: [String]?
  }

  package init(name: String, labels: [SequenceModel.Label]) {
    self.name = name
    self.labels = labels
  }

  /// Reads `{"language": "en", "words": [{"digit": 0, "text": "zero"}, …, {"digit": 0, "text": "zero", "spoken":
  /// "oh"}]}`.
  ///
  /// - Throws: `DataError` that names the file.
  package init(contentsOf path: String) throws(DataError) {
    let bytes: [UInt8]
    do throws(FileError) { bytes = try WholeFile.read(path, largest: 1 << 20) } catch {
      throw DataError(.badLanguage, "\(error)")
    }
    guard let file = try? JSONDecoder().decode(Written.self, from: Data(bytes)) else {
      throw DataError(
        .badLanguage,
        "\(path): is not a description of a language; expected is JSON with language and words (digit, text)"
      )
    }
    guard !file.language.isEmpty, file.words.allSatisfy({ !$0.text.isEmpty }),
      file.words.prefix(10).map(\.digit) == Array(0...9), file.synthesis?.digits.map({ $0.count == 10 }) ?? true,
      file.words.allSatisfy({ (0...9).contains($0.digit) })
    else {
      throw DataError(.badLanguage, "\(path): the first ten words must be those for 0 to 9, in this order")
    }
    name = file.language
    labels = file.words.map { .init(text: $0.text, spoken: $0.spoken, latin: $0.latin, digit: $0.digit) }
    ownWords = file.ownWords
    for (label, word) in file.words.enumerated() {
      for text in word.alike ?? [] { alike[text.lowercased()] = label }
    }
    synthesis = file.synthesis ?? Synthesis()
  }

  private struct Written: Codable {
    struct Word: Codable {
      var digit: Int
      var text: String
      var spoken: String?
      var latin: String?
      /// The texts of recordings of other speech that contain this word.
      var alike: [String]?
    }
    var language: String
    var words: [Word]
    var ownWords: Float?
    var synthesis: Synthesis?
  }
}
