import Foundation
import TestSupport
import Testing
import digitctl

@Suite struct RecordFolderTests {
  @Test func `each step back removes the last take`() throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let path = scratch.path("mine")
    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    func rows() throws -> [Substring] {
      try String(contentsOfFile: path + "/manifest.csv", encoding: .utf8).split(separator: "\n").dropFirst()
        .map { $0.prefix(while: { $0 != "," }) }
    }
    // Given three takes
    var folder = try RecordFolder(path: path, speaker: "anna", language: "en", words: [:])
    for digit in [7, 2, 7] { _ = try folder.add([0.1, 0.2], sampleRate: 8000, digit: digit) }
    #expect(try rows() == ["7_anna_0.wav", "2_anna_0.wav", "7_anna_1.wav"])
    // When two are taken back
    try folder.removeLast()
    try folder.removeLast()
    // Then they are neither listed nor there, and the next take has the number that is free
    #expect(try rows() == ["7_anna_0.wav"])
    #expect(try files() == ["7_anna_0.wav", "manifest.csv"])
    #expect(try folder.add([0.1], sampleRate: 8000, digit: 7) == "7_anna_1.wav")
    // Nor does it mind being asked for more than there are
    for _ in 0..<3 { try folder.removeLast() }
    #expect(try files() == ["manifest.csv"])
  }

  @Test func `it counts what this speaker has said in this language`() throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let path = scratch.path("mine")
    func open(_ speaker: String, _ language: String) throws -> RecordFolder {
      try RecordFolder(path: path, speaker: speaker, language: language, words: [:])
    }
    var anna = try open("anna", "en")
    #expect(anna.recorded == [Int](repeating: 0, count: 10))
    for digit in [7, 2, 7] { _ = try anna.add([0.1, 0.2], sampleRate: 8000, digit: digit) }
    #expect(try open("anna", "en").recorded == [0, 0, 1, 0, 0, 0, 0, 2, 0, 0])
    #expect(try open("bob", "en").recorded == [Int](repeating: 0, count: 10))
    // In another language nothing is recorded yet, and no file is written over
    var arabic = try open("anna", "ar")
    #expect(arabic.recorded == [Int](repeating: 0, count: 10))
    #expect(try arabic.add([0.1], sampleRate: 8000, digit: 7) == "7_anna_2.wav")
    let rows = try String(contentsOfFile: path + "/manifest.csv", encoding: .utf8).split(separator: "\n")
    #expect(rows.first == "path,label,speaker,source,licence,sample_rate,duration_s,split,lang")
    #expect(rows.dropFirst(3).first == "7_anna_1.wav,7,anna,own,own,8000,0.000,train,en")
    #expect(rows.last == "7_anna_2.wav,7,anna,own,own,8000,0.000,validate,ar")
  }

  @Test func `a manifest of before there were languages is gone on with`() throws {
    let scratch = try TemporaryFolder()
    defer { scratch.remove() }
    let path = scratch.path("mine")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try """
    path,label,speaker,source,licence,sample_rate,duration_s,split
    7_anna_0.wav,7,anna,own,own,16000,0.500,train

    """.write(toFile: path + "/manifest.csv", atomically: true, encoding: .utf8)
    var folder = try RecordFolder(path: path, speaker: "anna", language: "ar", words: [:])
    #expect(folder.recorded[7] == 1)
    #expect(try folder.add([0.1], sampleRate: 8000, digit: 7) == "7_anna_1.wav")
    let rows = try String(contentsOfFile: path + "/manifest.csv", encoding: .utf8).split(separator: "\n")
    #expect(
      rows == [
        "path,label,speaker,source,licence,sample_rate,duration_s,split,lang",
        "7_anna_0.wav,7,anna,own,own,16000,0.500,train,", "7_anna_1.wav,7,anna,own,own,8000,0.000,train,ar",
      ])
  }
}
