import digitctl
import TestSupport
import Testing

@Suite struct KeyDecoderTests {
  private func keys(_ text: String) -> [Key] {
    var decoder = KeyDecoder()
    return decoder.push(Array(text.utf8))
  }

  @Test(arguments: [
    ("q", [Key.character("q")]), ("pH?", [.character("p"), .character("H"), .character("?")]),
    ("\u{3}\u{c}", [.control("c"), .control("l")]), ("\u{1B}[A\u{1B}OB", [.up, .down]),
    ("\u{1B}[1;5Cq", [.other, .character("q")]), ("\u{1B}[200~x", [.other, .character("x")]),
    ("ü€", [.character("ü"), .character("€")]), ("\u{1B}x", [.other]), ("\r\t\u{7F}", [.other, .other, .other]),
  ]) func `bytes become keys`(text: String, expected: [Key]) {
    #expect(keys(text) == expected)
  }

  @Test func `an escape alone is a key only when nothing follows`() {
    var decoder = KeyDecoder()
    #expect(decoder.push([0x1B]) == [])
    #expect(decoder.isUndecided)
    #expect(decoder.flush() == .escape)
    #expect(decoder.flush() == nil)
    #expect(decoder.push([0x1B]) == [])
    #expect(decoder.push([UInt8(ascii: "[")]) == [])
    #expect(!decoder.isUndecided)
    #expect(decoder.push([UInt8(ascii: "A")]) == [.up])
  }

  @Test(arguments: 1...50) func `any bytes in any pieces give the same keys`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let interesting: [UInt8] = [0x1B, 0x5B, 0x41, 0x71, 0x03, 0xC3, 0xBC, 0xE2, 0x82, 0xAC, 0xFF, 0x3B]
    let bytes = (0..<200).map { _ in interesting.randomElement(using: &generator) ?? 0 }
    var whole = KeyDecoder()
    let expected = whole.push(bytes)
    var pieces = KeyDecoder()
    var keys: [Key] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...7, using: &generator)
      keys += pieces.push(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    #expect(keys == expected)
    // Whatever came, it gets out of it: at most a character of four bytes is begun.
    let after = pieces.push(Array("~~~~q".utf8))
    #expect(after.last == .character("q"))
  }
}
