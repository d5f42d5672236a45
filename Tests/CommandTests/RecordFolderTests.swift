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
    var folder = try RecordFolder(path: path, speaker: "anna")
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
}
