import DataFolders
import DigitNetwork
import Testing
import Training

import class TestSupport.TemporaryFolder

@Suite struct LanguageTests {
  private static let words = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]

  private static func language(_ words: [String], more: String = "") throws -> Language {
    let folder = try TemporaryFolder()
    let entries = words.enumerated().map { #"{"digit": \#($0), "text": "\#($1)"}"# }.joined(separator: ", ")
    let text = #"{"language": "es", "words": [\#(entries)\#(more)]}"#
    return try Language(contentsOf: try folder.file("es.json", Array(text.utf8)))
  }

  @Test func `the labels are the words for 0 to 9, and after them other ways to say a digit`() throws {
    let language = try Self.language(
      Self.words, more: #", {"digit": 0, "text": "cero", "spoken": "nada", "alike": ["Nada", "na"]}"#)
    #expect(language.name == "es")
    #expect(language.labels.map(\.digit) == Array(0...9) + [0])
    #expect(language.labels.map(\.spoken) == Self.words + ["nada"])
    #expect(language.alike == ["nada": 10, "na": 10])
    #expect(try Self.language(Self.words).alike.isEmpty)
  }

  @Test func `a word too few, a digit that is none, and what is no description are refused`() throws {
    #expect(throws: DataError.self) { try Self.language(Self.words.dropLast()) }
    #expect(throws: DataError.self) { try Self.language(Self.words, more: #", {"digit": 10, "text": "diez"}"#) }
    #expect(throws: DataError.self) { try Self.language(Self.words, more: "}") }
    #expect(throws: DataError.self) { try Language(contentsOf: "/nowhere/es.json") }
  }
}
