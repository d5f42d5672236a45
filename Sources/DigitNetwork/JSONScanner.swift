/// Parses the few kinds of JSON values that occur in a safetensors header, one after another (RFC 8259).
struct JSONScanner {
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    self.position = bytes.startIndex
  }

  /// An object. `member` is called after each `"key":` and must consume the value.
  mutating func object(
    of what: String, member: (inout JSONScanner, String) throws(ModelError) -> Void
  ) throws(ModelError) {
    try expect(UInt8(ascii: "{"), in: what)
    if take(UInt8(ascii: "}")) { return }
    repeat {
      let key = try string()
      try expect(UInt8(ascii: ":"), in: what)
      try member(&self, key)
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"), in: what)
  }

  /// An array of at most `limit` non-negative integers.
  mutating func integers(atMost limit: Int, of what: String) throws(ModelError) -> [Int] {
    try expect(UInt8(ascii: "["), in: what)
    var numbers: [Int] = []
    if take(UInt8(ascii: "]")) { return numbers }
    repeat {
      guard numbers.count < limit else {
        throw ModelError(field: what, problem: "has a list of more than \(limit) numbers")
      }
      numbers.append(try integer(of: what))
    } while take(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"), in: what)
    return numbers
  }

  /// A string with its escapes decoded.
  mutating func string() throws(ModelError) -> String {
    try expect(UInt8(ascii: "\""), in: "the header")
    var text: [UInt8] = []
    while let byte = next() {
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw ModelError(field: "the header", problem: "has a string that is not UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        text.append(contentsOf: try escape().utf8)
      case 0..<0x20:
        throw malformed("a control character in a string")
      default:
        text.append(byte)
      }
    }
    throw malformed("a string without an end")
  }

  /// Accepts only white space up to the end; the format pads its header with spaces.
  mutating func end() throws(ModelError) {
    skipSpace()
    if position != bytes.endIndex { throw malformed("something after its closing brace") }
  }

  private mutating func integer(of what: String) throws(ModelError) -> Int {
    skipSpace()
    var value: Int?
    var digits = 0
    while position < bytes.endIndex, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
      if digits == 1, value == 0 { throw malformed("a number with a leading zero") }
      let (tens, first) = (value ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, second) = tens.addingReportingOverflow(Int(bytes[position] - UInt8(ascii: "0")))
      if first || second { throw ModelError(field: what, problem: "has a number that is too large") }
      value = sum
      digits += 1
      position += 1
    }
    guard let value else { throw ModelError(field: what, problem: "has something that is not a whole number") }
    return value
  }

  private mutating func escape() throws(ModelError) -> String {
    switch next() {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let high = try codeUnit()
      guard UTF16.isLeadSurrogate(high) else {
        guard let scalar = Unicode.Scalar(high) else { throw malformed("half of a surrogate pair") }
        return String(scalar)
      }
      guard next() == UInt8(ascii: "\\"), next() == UInt8(ascii: "u") else {
        throw malformed("half of a surrogate pair")
      }
      let low = try codeUnit()
      guard UTF16.isTrailSurrogate(low) else { throw malformed("half of a surrogate pair") }
      return String(decoding: [high, low], as: UTF16.self)
    default: throw malformed("an unknown escape in a string")
    }
  }

  private mutating func codeUnit() throws(ModelError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw malformed("an unknown escape in a string")
      }
      value = value << 4 | UInt16(digit)
    }
    return value
  }

  private mutating func next() -> UInt8? {
    guard position < bytes.endIndex else { return nil }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func skipSpace() {
    while position < bytes.endIndex {
      switch bytes[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  /// Whether `byte` comes next after white space; if so, consumes it.
  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.endIndex, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8, in what: String) throws(ModelError) {
    if !take(byte) {
      throw ModelError(
        field: what,
        problem: "is not the JSON of a safetensors file: '\(Character(Unicode.Scalar(byte)))' is missing"
          + " at byte \(position - bytes.startIndex) of the header")
    }
  }

  private func malformed(_ what: String) -> ModelError {
    ModelError(
      field: "the header", problem: "has \(what) at byte \(position - bytes.startIndex)")
  }
}
