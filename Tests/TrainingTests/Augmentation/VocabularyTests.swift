import Testing
import Training

@Suite("The words that are known") struct VocabularyTests {
  private static func recording(_ label: RecordingLabel, _ word: String = "") -> Recording {
    Recording(
      path: "a.wav", label: label, speaker: "ann", source: "made", licence: "none", duration: 0, split: "train",
      word: word)
  }

  @Test("A word counts that five recordings say; the digits come first")
  func places() {
    let said = [String](repeating: "tree", count: 5) + [String](repeating: "seventy", count: 6)
    let vocabulary = Vocabulary(said + ["hive", "hive", "hive", "hive", "", "", "", "", ""])
    #expect(vocabulary.words == ["seventy", "tree"])
    #expect(vocabulary.count == 12)
    #expect(vocabulary.place(of: Self.recording(.digit(7))) == 7)
    #expect(vocabulary.place(of: Self.recording(.speech, "seventy")) == 10)
    #expect(vocabulary.place(of: Self.recording(.speech, "tree")) == 11)
    #expect(vocabulary.place(of: Self.recording(.speech, "hive")) == nil)
    #expect(vocabulary.place(of: Self.recording(.speech)) == nil)
    #expect(vocabulary.place(of: Self.recording(.noise, "tree")) == nil)
    #expect(vocabulary.place(of: Self.recording(.sequence([1]), "tree")) == nil)
  }

  @Test("Where no word is known there is nothing to tell apart, not the digits either")
  func unknown() {
    let vocabulary = Vocabulary(["", "", "", "", "", "hive"])
    #expect(vocabulary.count == 0)
    #expect(vocabulary.place(of: Self.recording(.digit(7))) == nil)
  }
}
