/// Why some bytes are not JSON, with the place of the first that is wrong.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Reason: String, Sendable {
    case unexpectedEnd = "it ends too early"
    case unexpectedByte = "an unexpected character"
    case badString = "a string that is not UTF-8 or has a bad escape"
    case badNumber = "a number that cannot be represented"
    case tooDeep = "nested too deeply"
    case trailingBytes = "something after the value"
  }

  package var reason: Reason
  /// Bytes before the one that is wrong.
  package var offset: Int

  package init(reason: Reason, offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  package var description: String { "not JSON: \(reason.rawValue) at byte \(offset + 1)" }
}

/// A strict recursive-descent parser (RFC 8259) over bytes. It takes time and memory in proportion to its input, whatever
/// the input is: nesting is bounded, and nothing is reserved on a sender's word.
package struct JSONParser {
  /// How deep arrays and objects may be nested.
  package static let maximumDepth = 32

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  /// Parses one value that fills `bytes` but for white space around it.
  package static func parse(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    let value = try parser.value(depth: 0)
    parser.skipSpace()
    guard parser.position == bytes.count else { throw parser.error(.trailingBytes) }
    return value
  }

  package static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(JSONError) in try parse(buffer) }
    }
    return try result.get()
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  private func error(_ reason: JSONError.Reason) -> JSONError {
    JSONError(reason: position < bytes.count ? reason : .unexpectedEnd, offset: position)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard current == byte else { throw error(.unexpectedByte) }
    position += 1
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= Self.maximumDepth else { throw error(.tooDeep) }
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for index in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[index]) }
    return value
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
    var object = JSONObject()
    position += 1
    skipSpace()
    if current == UInt8(ascii: "}") {
      position += 1
      return object
    }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error(.unexpectedByte) }
      let name = try string()
      skipSpace()
      try expect(UInt8(ascii: ":"))
      object.members.append(JSONObject.Member(name: name, value: try value(depth: depth + 1)))
      skipSpace()
      if current == UInt8(ascii: ",") {
        position += 1
      } else {
        try expect(UInt8(ascii: "}"))
        return object
      }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    var values: [JSONValue] = []
    position += 1
    skipSpace()
    if current == UInt8(ascii: "]") {
      position += 1
      return values
    }
    while true {
      values.append(try value(depth: depth + 1))
      skipSpace()
      if current == UInt8(ascii: ",") {
        position += 1
      } else {
        try expect(UInt8(ascii: "]"))
        return values
      }
    }
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    var integral = true
    if current == UInt8(ascii: "-") { position += 1 }
    let leadingZero = current == UInt8(ascii: "0")
    let digits = skipDigits()
    guard digits > 0, !(leadingZero && digits > 1) else { throw error(.unexpectedByte) }
    if current == UInt8(ascii: ".") {
      integral = false
      position += 1
      guard skipDigits() > 0 else { throw error(.unexpectedByte) }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      integral = false
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      guard skipDigits() > 0 else { throw error(.unexpectedByte) }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if integral, let integer = Int(text) { return .integer(integer) }
    guard let number = Double(text), number.isFinite else {
      throw JSONError(reason: .badNumber, offset: start)
    }
    return .number(number)
  }

  private mutating func skipDigits() -> Int {
    let start = position
    while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    return position - start
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    if current == UInt8(ascii: "\"") {
      defer { position += 1 }
      guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
        throw JSONError(reason: .badString, offset: start)
      }
      return text
    }
    var units = Array(bytes[start..<position])
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: units, as: UTF8.self) else {
          throw JSONError(reason: .badString, offset: start)
        }
        return text
      case UInt8(ascii: "\\"):
        position += 1
        units.append(contentsOf: try escape())
      case 0..<0x20:
        throw error(.badString)
      default:
        units.append(byte)
        position += 1
      }
    }
    throw error(.unexpectedEnd)
  }

  private mutating func escape() throws(JSONError) -> [UInt8] {
    guard let byte = current else { throw error(.unexpectedEnd) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"):
      let unit = try fourHexDigits()
      guard unit & 0xFC00 == 0xD800 else { return Self.utf8(UInt32(unit)) }
      // The first half of a surrogate pair; alone it is no character, and becomes U+FFFD as everywhere.
      let rewind = position
      if current == UInt8(ascii: "\\") {
        position += 1
        if current == UInt8(ascii: "u") {
          position += 1
          let second = try fourHexDigits()
          if second & 0xFC00 == 0xDC00 {
            return Self.utf8(0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(second & 0x3FF)))
          }
        }
      }
      position = rewind
      return Self.utf8(0xFFFD)
    default:
      position -= 1
      throw error(.badString)
    }
  }

  private mutating func fourHexDigits() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error(.badString)
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  private static func utf8(_ scalar: UInt32) -> [UInt8] {
    Array(String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
  }
}
