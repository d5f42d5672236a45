/// Writes JSON on one line into one byte array, in the order of the calls, with a space after each colon and comma:
/// `{"type": "pong", "data": {}}`. It grows one buffer and allocates nothing else.
package struct JSONWriter {
  package private(set) var bytes: [UInt8] = []
  private var separated = true
  private let isCompact: Bool

  /// - Parameter isCompact: whether the spaces are left out: `{"type":"pong","data":{}}`.
  package init(capacity: Int = 512, isCompact: Bool = false) {
    self.isCompact = isCompact
    bytes.reserveCapacity(capacity)
  }

  package mutating func append(byte: UInt8) {
    bytes.append(byte)
  }

  // MARK: Structure

  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "{"))
    separated = true
    body(&self)
    bytes.append(UInt8(ascii: "}"))
    separated = false
  }

  package mutating func array(_ body: (inout JSONWriter) -> Void) {
    separate()
    bytes.append(UInt8(ascii: "["))
    separated = true
    body(&self)
    bytes.append(UInt8(ascii: "]"))
    separated = false
  }

  package mutating func name(_ name: String) {
    value(name)
    bytes.append(UInt8(ascii: ":"))
    if !isCompact { bytes.append(UInt8(ascii: " ")) }
    separated = true
  }

  private mutating func separate() {
    if !separated {
      bytes.append(UInt8(ascii: ","))
      if !isCompact { bytes.append(UInt8(ascii: " ")) }
    }
    separated = false
  }

  // MARK: Values

  package mutating func null() {
    separate()
    append("null")
  }

  package mutating func value(_ value: Bool) {
    separate()
    if value { append("true") } else { append("false") }
  }

  package mutating func value(_ value: Int) {
    separate()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digits: UInt64(value.magnitude), atLeast: 1)
  }

  /// A number with at most `decimals` digits after the point, rounded half away from zero. JSON has no word for what is
  /// not finite: it is written as null.
  package mutating func value(_ value: Double, decimals: Int) {
    guard value.isFinite else { return null() }
    separate()
    var scale: UInt64 = 1
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value.magnitude * Double(scale)).rounded()
    guard scaled < 9e15 else { return append(utf8: value.description.utf8) }
    let integer = UInt64(scaled)
    if value < 0, integer > 0 { bytes.append(UInt8(ascii: "-")) }
    append(digits: integer / scale, atLeast: 1)
    var fraction = integer % scale
    guard fraction > 0 else { return }
    var places = decimals
    while fraction % 10 == 0 {
      fraction /= 10
      places -= 1
    }
    bytes.append(UInt8(ascii: "."))
    append(digits: fraction, atLeast: places)
  }

  /// The shortest digits that are read as the same number; what is not finite is written as null.
  package mutating func value(_ value: Double) {
    guard value.isFinite else { return null() }
    separate()
    append(utf8: value.description.utf8)
  }

  package mutating func value(_ text: String) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      for byte in utf8 { append(escaping: byte) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// - Parameter decimals: the most digits after the point of its numbers; nil for the shortest that are read as the same.
  package mutating func value(_ value: JSONValue, decimals: Int? = nil) {
    switch value {
    case .null: null()
    case .bool(let value): self.value(value)
    case .integer(let value): self.value(value)
    case .number(let value): if let decimals { self.value(value, decimals: decimals) } else { self.value(value) }
    case .string(let value): self.value(value)
    case .array(let values): array { writer in for value in values { writer.value(value, decimals: decimals) } }
    case .object(let value): self.value(value, decimals: decimals)
    }
  }

  package mutating func value(_ value: JSONObject, decimals: Int? = nil) {
    object { writer in
      for member in value.members {
        writer.name(member.name)
        writer.value(member.value, decimals: decimals)
      }
    }
  }

  // MARK: Bytes

  private mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func append(utf8: some Sequence<UInt8>) {
    bytes.append(contentsOf: utf8)
  }

  private mutating func append(digits value: UInt64, atLeast count: Int) {
    let start = bytes.count
    var rest = value
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    } while rest > 0
    while bytes.count - start < count { bytes.append(UInt8(ascii: "0")) }
    // In place: turning a slice of the array round would copy all of it.
    var (low, high) = (start, bytes.count - 1)
    while low < high {
      bytes.swapAt(low, high)
      (low, high) = (low + 1, high - 1)
    }
  }

  private mutating func append(escaping byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append(#"\""#)
    case UInt8(ascii: "\\"): append(#"\\"#)
    case 0x0A: append(#"\n"#)
    case 0x0D: append(#"\r"#)
    case 0x09: append(#"\t"#)
    case 0..<0x20:
      append(#"\u00"#)
      bytes.append(byte >> 4 + UInt8(ascii: "0"))
      bytes.append(Self.hexDigit(byte & 0xF))
    default: bytes.append(byte)
    }
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }
}

extension JSONWriter {
  package mutating func member(_ name: String, _ text: String) {
    self.name(name)
    value(text)
  }

  package mutating func member(_ name: String, _ integer: Int) {
    self.name(name)
    value(integer)
  }

  package mutating func member(_ name: String, _ bool: Bool) {
    self.name(name)
    value(bool)
  }

  package mutating func member(_ name: String, _ number: Double, decimals: Int) {
    self.name(name)
    value(number, decimals: decimals)
  }

  package mutating func member(_ name: String, _ texts: [String]) {
    self.name(name)
    array { writer in for text in texts { writer.value(text) } }
  }
}

extension JSONValue {
  /// The value as JSON on one line, members in their order. What is not finite is written as null.
  package var text: String {
    var writer = JSONWriter()
    writer.value(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// A number with at most `decimals` digits after the point: what is written then is no longer than it need be.
  package static func rounded(_ value: Double, _ decimals: Int) -> JSONValue {
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (value * scale).rounded()
    return scaled.magnitude < 9e15 ? .number(scaled / scale) : .number(value)
  }
}
