import Foundation
import Testing

/// A daemon whose model is of another language: nothing that it says is English but the names of its fields.
@Suite(.enabled(if: Built.hasModel, "needs the models in Models/")) struct ArabicTests {
  private let digitd = Built.program("digitd")
  private let recording = Built.fixtures.appendingPathComponent("digits-ar.wav").path

  @Test func `Arabic digits are events with their words in Arabic and in Latin letters`() throws {
    let result = try Finished.run(
      digitd, ["--input", recording, "--model", "digits-ar", "--no-socket", "--format", "json"])
    #expect(result.status == 0, "\(result.errors)")
    let events = try result.events
    #expect(events.first?.data.language == "ar")
    #expect(events.digits == [4, 7, 0, 2, 9, 5])
    let heard = events.filter { $0.type == "transcript" }.map(\.data)
    #expect(heard.first?.text == "أربعة" && heard.first?.latin == "arbaʿa")
    let numbers = events.filter { $0.type == "number" }.map(\.data)
    #expect(numbers.compactMap(\.digits).joined() == "470295")
    #expect(numbers.first?.text?.hasPrefix("أربعة") == true && numbers.first?.latin?.hasPrefix("arbaʿa") == true)
  }

  @Test func `a terminal gets whole words in Latin letters, one below the other`() throws {
    let result = try Finished.run(
      digitd, ["--input", recording, "--model", "digits-ar", "--no-socket", "--format", "text"])
    let words = result.output.filter { $0.contains("█") }
    #expect(words.count == 6 && words[0].contains("4  arbaʿa") && words[5].contains("5  khamsa"))
    #expect(Set(words.map { $0.prefix { $0 != "█" }.count }).count == 1)
  }
}
