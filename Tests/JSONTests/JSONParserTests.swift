import JSON
import TestSupport
import Testing

@Suite struct JSONParserTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
    ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)), ("1.5e3", .number(1500)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("\"a\\u00e9\\n\\/\"", .string("aé\n/")),
    ("\"\\ud83d\\ude00\"", .string("😀")), ("\"\\ud83d!\"", .string("\u{FFFD}!")),
    ("[1, [2], {}]", .array([.integer(1), .array([.integer(2)]), .object([:])])),
    ("{\"a\": {\"b\": []}}", .object(["a": .object(["b": .array([])])])),
  ])
  func `a value is read`(text: String, value: JSONValue) throws {
    #expect(try JSONParser.parse(Array(text.utf8)) == value)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "-", "+1", ".5", "1e", "1e999", "nul", "\"\\x\"",
    "\"\\u12G4\"",
    "\"a", "\"\u{1}\"", "{a:1}", "1 2", "'a'", "NaN", "\"\\ud800\\u", "[\u{0}]",
  ])
  func `text that is not JSON is refused`(text: String) {
    #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
  }

  @Test func `bytes that are not UTF-8 are refused`() {
    #expect(throws: JSONError(reason: .badString, offset: 1)) { try JSONParser.parse([0x22, 0xFF, 0xFE, 0x22]) }
    #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0x5C, 0x6E, 0xC3, 0x22]) }
  }

  @Test func `nesting is bounded`() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSONParser.parse(nested(JSONParser.maximumDepth))
    #expect(throws: JSONError(reason: .tooDeep, offset: 33)) { try JSONParser.parse(nested(100_000)) }
  }

  @Test func `damaged JSON is an error or a value, never a trap`() {
    var generator = SeededGenerator(seed: 2)
    let seed = [
      #"{"type": "spectrum", "data": {"sequence": 12, "bands_dbfs": [-200, 1.5e-3, [], {}], "speech": false}}"#,
      #"["é\u00e9\ud83d\ude00", null, true, {"a": {"b": [1, 2, [3, {"c": "\n"}]]}}]"#,
    ].map { Array($0.utf8) }
    for round in 0..<20_000 {
      var bytes = seed[round % seed.count]
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
        case 1: bytes.removeSubrange(Int.random(in: 0..<bytes.count, using: &generator)...)
        default: bytes.insert(contentsOf: [0x7B, 0x5B, 0x22, 0x5C], at: bytes.count / 2)
        }
        if bytes.isEmpty { bytes = [0x5C] }
      }
      let result = Result { try JSONParser.parse(bytes) }
      if case .failure(let error) = result { #expect((error as? JSONError).map { $0.offset <= bytes.count } ?? false) }
    }
  }
}
