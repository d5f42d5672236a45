import JSON
import TestSupport
import Testing

@Suite struct JSONWriterTests {
  private func written(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `members and elements are set apart as the contract has it`() {
    let text = written { writer in
      writer.object { writer in
        writer.member("a", 1)
        writer.member("b", ["x", "y"])
        writer.name("c")
        writer.array { writer in
          writer.null()
          writer.value(true)
          writer.object { _ in }
        }
      }
    }
    #expect(text == #"{"a": 1, "b": ["x", "y"], "c": [null, true, {}]}"#)
  }

  @Test func `a compact text has no spaces`() {
    var writer = JSONWriter(isCompact: true)
    writer.value(["a": [1, true], "b": .object(["c": .null])] as JSONObject)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == #"{"a":[1,true],"b":{"c":null}}"#)
  }

  @Test(arguments: [
    ("ü", "\"ü\""), ("\u{1}", #""\u0001""#), ("\u{1F}", #""\u001f""#), ("a\"\\\n\r\t", #""a\"\\\n\r\t""#), ("", "\"\""),
  ])
  func `strings are escaped`(text: String, json: String) {
    #expect(written { $0.value(text) } == json)
  }

  @Test func `no string is cut`() throws {
    let long = String(repeating: "é\"", count: 100_000)
    #expect(try JSONParser.parse(Array(JSONValue.string(long).text.utf8)) == .string(long))
  }

  @Test(arguments: [
    (0.0, 6, "0"), (1.0, 6, "1"), (-0.25, 6, "-0.25"), (-0.000_000_4, 6, "0"), (0.999_999_6, 6, "1"),
    (12.345_678_9, 6, "12.345679"), (1e300, 6, "1e+300"), (-1_234_567.000_001, 6, "-1234567.000001"), (2.5, 0, "3"),
    (.infinity, 6, "null"), (.nan, 6, "null"),
  ])
  func `numbers have as many decimals as they need, up to a limit`(value: Double, decimals: Int, text: String) {
    #expect(written { $0.value(value, decimals: decimals) } == text)
  }

  @Test func `rounded numbers are short`() {
    #expect(JSONValue.rounded(0.1 + 0.2, 4).text == "0.3")
    #expect(JSONValue.rounded(.nan, 4).text == "null")
  }

  /// Whatever value there is, what is written for it is read as the same value.
  @Test func `a value that is written is read back the same`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      let value = randomValue(depth: 3, using: &generator)
      #expect(try JSONParser.parse(Array(value.text.utf8)) == value)
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
