import Files
import Testing

@Suite struct FileNameTests {
  @Test(arguments: ["", "seven.wav", "M\u{FC}ller.wav", "\u{1F600}", "a\u{FFFD}b"]) func `a UTF-8 name stays as it is`(
    name: String
  ) {
    #expect(FileName.text(Array(name.utf8)) == name)
    #expect(FileName.bytes(name) == Array(name.utf8))
    #expect(FileName.isUTF8(name) && FileName.shown(name) == name)
  }

  @Test func `a Latin-1 name is kept byte for byte`() {
    let bytes: [UInt8] = Array("M".utf8) + [0xFC] + Array("ller.wav".utf8)
    let text = FileName.text(bytes)
    #expect(FileName.bytes(text) == bytes)
    #expect(!FileName.isUTF8(text))
    #expect(FileName.shown(text) == "M\u{FFFD}ller.wav")
    #expect(text.hasPrefix("M") && text.hasSuffix("ller.wav"))
    #expect(FileName.withCString(text) { FileName.text(cString: $0) } == text)
  }

  @Test func `the characters that stand for bytes may be in names themselves`() {
    // A file may be called by one of the characters that stand for bytes: it is another file.
    let byte = FileName.text([0xFC])
    let character = Array(byte.utf8)
    #expect(character.count == 4)
    let text = FileName.text(character)
    #expect(text != byte && FileName.bytes(text) == character && FileName.bytes(byte) == [0xFC])
  }

  @Test func `every name comes back`() {
    var random = Seeded(state: 7)
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...12, using: &random)
      // Mostly the bytes that matter: leads, continuations, the ends of ranges.
      let pool: [UInt8] = [
        0x2F, 0x41, 0x7F, 0x80, 0x8F, 0xBB, 0xBF, 0xC0, 0xC3, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xFE, 0xFF,
      ]
      let bytes = (0..<count).compactMap { _ in pool.randomElement(using: &random) }
      #expect(FileName.bytes(FileName.text(bytes)) == bytes)
    }
  }

  private struct Seeded: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 31
    }
  }

  @Test func `arguments end with zero bytes`() {
    #expect(Arguments.split(Array("a\0\0b c\0".utf8)) == ["a", "", "b c"])
    #expect(Arguments.split([]) == [])
    #expect(Arguments.split([0x61, 0xFC, 0]).map(FileName.bytes) == [[0x61, 0xFC]])
  }

  @Test func `this process knows its arguments`() throws {
    let arguments = try #require(Arguments.current())
    #expect(arguments == Array(CommandLine.arguments.dropFirst()))
  }
}
