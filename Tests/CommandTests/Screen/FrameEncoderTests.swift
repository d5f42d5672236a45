import digitctl
import Testing

@Suite struct FrameEncoderTests {
  private func frame(_ rows: [String], _ style: Style = .plain) -> Frame {
    var frame = Frame(width: 6, height: rows.count)
    for (row, text) in rows.enumerated() { frame.put(text, row: row, column: 0, style) }
    return frame
  }

  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func `only cells that changed are written`() {
    var encoder = FrameEncoder(colours: .none)
    let first = text(encoder.encode(frame(["one", "two"])))
    #expect(first.contains("\u{1B}[2J") && first.contains("\u{1B}[1;1Hone   \u{1B}[2;1Htwo   "))
    #expect(encoder.encode(frame(["one", "two"])) == [])
    let second = text(encoder.encode(frame(["one", "2"])))
    #expect(second == "\u{1B}[?2026h\u{1B}[2;1H2  \u{1B}[?2026l")
    let third = text(encoder.encode(frame(["ono", "2"])))
    #expect(third == "\u{1B}[?2026h\u{1B}[1;3Ho\u{1B}[?2026l")
  }

  @Test(arguments: [("日本語", "日木語", "1;3H木"), ("日本", "日a本", "1;3Ha本"), ("a本", "本", "1;1H本 "), ("ab", "日", "1;1H日")])
  func `wide characters are written whole`(before: String, after: String, written: String) {
    var encoder = FrameEncoder(colours: .none)
    _ = encoder.encode(frame([before]))
    #expect(text(encoder.encode(frame([after]))) == "\u{1B}[?2026h\u{1B}[\(written)\u{1B}[?2026l")
  }

  @Test func `another size or a reset draws everything`() {
    var encoder = FrameEncoder(colours: .none)
    _ = encoder.encode(frame(["one", "two"]))
    #expect(text(encoder.encode(frame(["one", "two", "three"]))).contains("\u{1B}[2J"))
    encoder.reset()
    #expect(text(encoder.encode(frame(["one", "two", "three"]))).contains("one"))
  }

  @Test func `without colours none are written`() {
    for style in Style.allCases {
      var encoder = FrameEncoder(colours: .none)
      let written = text(encoder.encode(frame(["x"], style)))
      #expect(!written.contains("38;5") && !written.contains(";3") && !written.contains(";4"))
      var many = FrameEncoder(colours: .many)
      let coloured = text(many.encode(frame(["x"], style)))
      #expect(coloured.contains("38;5") == ![.plain, .strong].contains(style))
    }
  }

  @Test func `a style ends with its text`() {
    var encoder = FrameEncoder(colours: .sixteen)
    var frame = Frame(width: 4, height: 1)
    frame.put("a", row: 0, column: 1, .good)
    #expect(text(encoder.encode(frame)).hasSuffix("\u{1B}[1;1H \u{1B}[0;1;32ma\u{1B}[0m  \u{1B}[?2026l"))
  }

  @Test func `nothing is written outside a frame`() {
    var frame = Frame(width: 5, height: 2)
    frame.put("abcdefgh", row: 0, column: 2)
    frame.put("xyz", row: 7, column: 0)
    frame.put("日本語", row: 1, column: 0)
    #expect(frame.lines == ["  abc", "日本"])
  }

  @Test(arguments: [
    (["TERM": "xterm-256color", "LANG": "de_DE.UTF-8"], TerminalAbilities(colours: .many, isUnicode: true)),
    (["TERM": "xterm", "COLORTERM": "truecolor"], TerminalAbilities(colours: .many, isUnicode: false)),
    (["TERM": "linux", "LC_ALL": "C.utf8"], TerminalAbilities(colours: .sixteen, isUnicode: true)),
    (["TERM": "xterm-256color", "NO_COLOR": "1"], TerminalAbilities(colours: .none, isUnicode: false)),
    (["TERM": "xterm-256color", "NO_COLOR": ""], TerminalAbilities(colours: .many, isUnicode: false)),
    (["TERM": "vt100", "LC_ALL": "C", "LANG": "C.UTF-8"], TerminalAbilities(colours: .none, isUnicode: false)),
    (["TERM": "dumb"], TerminalAbilities(colours: .none, isUnicode: false, canMoveCursor: false)),
    ([:], TerminalAbilities(colours: .none, isUnicode: false, canMoveCursor: false)),
  ]) func `the terminal's abilities follow from the environment`(
    environment: [String: String], expected: TerminalAbilities
  ) {
    #expect(TerminalAbilities(environment: environment) == expected)
  }
}
