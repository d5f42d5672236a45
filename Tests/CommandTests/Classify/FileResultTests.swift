import digitctl
import Events
import Files
import TestSupport
import Testing

@Suite struct FileResultTests {
  private static let guess = Event.Guess(
    text: "seven", digit: 7, confidence: 0.978_123_4, probabilities: [0, 0, 0, 0, 0, 0, 0.012_5, 0.987_5, 0, 0])

  private static func number(_ digits: [Int?]) -> Event.Number {
    Event.Number(
      text: "", confidence: 0.9,
      words: digits.enumerated().map { .init(digit: $1, confidence: 0.95, startMs: $0 * 500, endMs: $0 * 500 + 400) },
      startMs: 0, endMs: 1000, decidedMs: 1500)
  }

  @Test func `a digit has its three forms`() {
    let result = FileResult(path: "a.wav", outcome: .number(Self.number([7]), Self.guess))
    #expect(result.text == "a.wav: 7 (90 %)")
    #expect(
      result.json
        == #"{"path": "a.wav", "digits": "7", "digit": 7, "confidence": 0.9, "#
        + #""probabilities": [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0125, 0.9875, 0.0, 0.0], "#
        + #""words": [{"digit": 7, "confidence": 0.95, "start_ms": 0, "end_ms": 400}]}"#)
    let zeros = "0.000000,0.000000,0.000000,0.000000,0.000000,0.000000"
    #expect(result.csv() == "a.wav,7,7,0.900000,,\(zeros),0.012500,0.987500,0.000000,0.000000,")
  }

  @Test func `several digits are all reported`() {
    let result = FileResult(path: "a.wav", outcome: .number(Self.number([0, 4, 7]), Self.guess))
    #expect(result.text == "a.wav: 047 (90 %)")
    #expect(result.json.hasPrefix(#"{"path": "a.wav", "digits": "047", "digit": null, "confidence": 0.9, "#))
    #expect(result.json.hasSuffix(#"{"digit": 7, "confidence": 0.95, "start_ms": 1000, "end_ms": 1400}]}"#))
    #expect(result.csv().hasPrefix("a.wav,047,,0.900000,,"))
  }

  @Test func `a gap between digits is shown`() {
    let result = FileResult(path: "a.wav", outcome: .number(Self.number([4, nil, 7]), Self.guess))
    #expect(result.text == "a.wav: 4?7 (not all understood)")
    #expect(result.json.contains(#""digits": "47", "digit": null"#))
    #expect(result.json.contains(#"{"digit": null, "confidence": 0.95, "start_ms": 500, "end_ms": 900}"#))
  }

  @Test func `a rejected recording has no digit, but its probabilities`() {
    let result = FileResult(path: "a.wav", outcome: .rejected(.unsure, Self.guess))
    #expect(result.text == "a.wav: no digit (unsure; best guess 7, 98 %)")
    #expect(
      result.json.hasPrefix(
        #"{"path": "a.wav", "digits": "", "digit": null, "confidence": 0.978123, "probabilities": [0.0,"#))
    #expect(result.json.hasSuffix(#", "words": [], "reason": "unsure"}"#))
    #expect(result.csv().hasPrefix("a.wav,,,0.978123,unsure,"))
  }

  @Test func `a word of a recording has its place instead of digits`() {
    let span = FileResult.Span(start: 1, end: 1.5)
    let result = FileResult(path: "a.wav", outcome: .digit(Self.guess), span: span)
    #expect(result.text == "a.wav 1.00–1.50 s: 7 (98 %)")
    #expect(
      result.json.hasPrefix(#"{"path": "a.wav", "start_s": 1.0, "end_s": 1.5, "digit": 7, "confidence": 0.978123"#))
    #expect(result.csv(split: true).hasPrefix("a.wav,1.000,1.500,7,0.978123,,"))
  }

  @Test func `whatever is in a name stays in its field`() {
    let path = "a \"b\", c\n\u{1B}[2J.wav"
    let result = FileResult(path: path, outcome: .failed("no such file"))
    #expect(result.text == "a \"b\", c\u{FFFD}\u{FFFD}[2J.wav: error: no such file")
    #expect(result.json == #"{"path": "a \"b\", c\n\u001b[2J.wav", "error": "no such file"}"#)
    #expect(result.csv() == "\"a \"\"b\"\", c\n\u{1B}[2J.wav\"" + String(repeating: ",", count: 15) + "no such file")
  }

  @Test(arguments: [([0xFC], "/A=="), ([0xFC, 0x61], "/GE="), ([0xFC, 0x61, 0x62], "/GFi")] as [([UInt8], String)])
  func `a name that is not UTF-8 has its bytes beside it`(bytes: [UInt8], base64: String) {
    let path = FileName.text(bytes)
    let result = FileResult(path: path, outcome: .failed("\(path) is empty"))
    let shown = "\u{FFFD}" + String(decoding: bytes.dropFirst(), as: UTF8.self)
    #expect(result.text == "\(shown): error: it is empty")
    #expect(
      result.json == "{\"path\": \"\(shown)\", \"path_base64\": \"\(base64)\", \"error\": \"\(shown) is empty\"}")
    // CSV is as the system has it.
    #expect(FileName.bytes(result.csv()).starts(with: bytes + [0x2C]))
  }

  @Test(arguments: [
    ("a.wav: there is no such file", "there is no such file"), ("a.wav is empty", "it is empty"),
    ("there is no end to a.wav", "there is no end to a.wav"), ("a.wave is another", "a.wave is another"),
  ]) func `a line names its file once`(sentence: String, shown: String) {
    let result = FileResult(path: "a.wav", outcome: .failed(sentence))
    #expect(result.text == "a.wav: error: \(shown)")
    #expect(result.json == #"{"path": "a.wav", "error": "\#(sentence)"}"#)
  }

  @Test func `a word of a long recording has its times`() {
    let span = FileResult.Span(start: 2.104, end: 2.54)
    let result = FileResult(path: "a.wav", outcome: .rejected(.tooShort, nil), span: span)
    #expect(result.text == "a.wav 2.10–2.54 s: no digit (too-short)")
    #expect(
      result.json == #"{"path": "a.wav", "start_s": 2.104, "end_s": 2.54, "digit": null, "reason": "too-short"}"#)
    #expect(result.csv(split: true) == "a.wav,2.104,2.540,,,too-short" + String(repeating: ",", count: 11))
  }

  @Test func `a recording without words is reported as such`() {
    let result = FileResult(path: "a.wav", outcome: .noSpeech)
    #expect(result.text == "a.wav: no speech")
    #expect(result.json == #"{"path": "a.wav", "digits": "", "digit": null, "words": [], "reason": "no-speech"}"#)
    #expect(result.csv(split: true) == "a.wav,,,,,no-speech" + String(repeating: ",", count: 11))
  }

  @Test(arguments: [false, true]) func `every record has as many fields as the header`(split: Bool) {
    let columns = FileResult.csvHeader(split: split).split(separator: ",", omittingEmptySubsequences: false).count
    for outcome in [
      FileResult.Outcome.digit(Self.guess), .number(Self.number([4, 7]), Self.guess), .rejected(.unsure, Self.guess),
      .rejected(.tooShort, nil), .noSpeech, .failed("no"),
    ] {
      let record = FileResult(path: "a", outcome: outcome).csv(split: split)
      #expect(record.split(separator: ",", omittingEmptySubsequences: false).count == columns)
    }
  }
}

@Suite struct InOrderTests {
  @Test(arguments: 1...20) func `every result comes once and in order`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let count = Int.random(in: 0...50, using: &generator)
    var order = InOrder<Int>()
    var given: [Int] = []
    for index in (0..<count).shuffled(using: &generator) { given += order.take(index, at: index) }
    #expect(given == Array(0..<count))
  }

  @Test func `no result waits whose turn it is`() {
    var order = InOrder<String>()
    #expect(order.take("b", at: 1) == [])
    #expect(order.take("a", at: 0) == ["a", "b"])
    #expect(order.take("c", at: 2) == ["c"])
  }
}
