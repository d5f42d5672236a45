import EventFeed
import TestSupport
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)), ("0", .integer(0)),
    ("-12", .integer(-12)), ("9223372036854775807", .integer(.max)), ("1.5e3", .number(1500)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("\"a\\u00e9\\n\\/\"", .string("aé\n/")),
    ("\"\\ud83d\\ude00\"", .string("😀")), ("\"\\ud83d!\"", .string("\u{FFFD}!")),
    ("[1, [2], {}]", .array([.integer(1), .array([.integer(2)]), .object([:])])),
    ("{\"a\": {\"b\": []}}", .object(["a": .object(["b": .array([])])])),
  ])
  func aValueIsRead(text: String, value: JSONValue) throws {
    #expect(try JSONParser.parse(Array(text.utf8)) == value)
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{\"a\":1,}", "01", "1.", "-", "+1", ".5", "1e", "1e999", "nul", "\"\\x\"",
    "\"\\u12G4\"",
    "\"a", "\"\u{1}\"", "{a:1}", "1 2", "'a'", "NaN", "\"\\ud800\\u", "[\u{0}]",
  ])
  func whatIsNoJSONIsRefused(text: String) {
    #expect(throws: JSONError.self) { try JSONParser.parse(Array(text.utf8)) }
  }

  @Test func bytesThatAreNoUTF8AreRefused() {
    #expect(throws: JSONError(reason: .badString, offset: 1)) { try JSONParser.parse([0x22, 0xFF, 0xFE, 0x22]) }
    #expect(throws: JSONError.self) { try JSONParser.parse([0x22, 0x5C, 0x6E, 0xC3, 0x22]) }
  }

  @Test func nestingIsBounded() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSONParser.parse(nested(JSONParser.maximumDepth))
    #expect(throws: JSONError(reason: .tooDeep, offset: 33)) { try JSONParser.parse(nested(100_000)) }
  }

  /// Whatever value there is, what is written for it is read as the same value.
  @Test func whatIsWrittenIsReadAgain() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let object = JSONObject([JSONObject.Member(name: "v", value: randomValue(depth: 3, using: &generator))])
      let message = Message(type: "any", data: object)
      var parser = MessageParser()
      #expect(parser.push(message.encoded()) == [.message(message)])
    }
  }

  /// Bytes of JSON with a few of them damaged, and plain noise: an answer or an error, never a trap.
  @Test func noiseIsSurvived() {
    var generator = SeededGenerator(seed: 2)
    let seed = Samples.events.map { EventEnvelope(time: Samples.time, sequence: 1, event: $0).line() }
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

  private func randomValue(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 7 : 5), using: &generator) {
    case 0: return .null
    case 1: return .bool(.random(using: &generator))
    case 2: return .integer(Int(truncatingIfNeeded: generator.next()))
    case 3:
      let value = Double.random(in: -1...1, using: &generator) * (Bool.random(using: &generator) ? 1e-7 : 1e18)
      return value == value.rounded() ? .string("whole") : .number(value)
    case 4:
      let scalars = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
        Unicode.Scalar(UInt32.random(in: 0..<0x3000, using: &generator)) ?? "\u{1F600}"
      }
      return .string(String(String.UnicodeScalarView(scalars)))
    case 5:
      return .array((0..<3).map { _ in randomValue(depth: depth - 1, using: &generator) })
    default:
      return .object(
        JSONObject(
          (0..<3).map { JSONObject.Member(name: "k\($0)", value: randomValue(depth: depth - 1, using: &generator)) }))
    }
  }
}
