import Glibc

/// File names as text. To Linux a name is bytes, and some names are not UTF-8, for example from an archive packed
/// elsewhere. A `String` cannot hold such bytes, so each is represented by an otherwise unused character: U+10FE00 plus
/// the byte. If a name itself contains one of these characters, it is converted byte by byte, so that names and texts
/// correspond one to one.
package enum FileName {
  private static let first: UInt32 = 0x10_FE80
  private static let last: UInt32 = 0x10_FEFF

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool { (first...last).contains(scalar.value) }

  /// The text of a name, or of any text that contains names.
  package static func text(_ bytes: some Collection<UInt8>) -> String {
    let plain = String(decoding: bytes, as: UTF8.self)
    // Most names are plain UTF-8.
    if !plain.unicodeScalars.contains(where: { $0 == "\u{FFFD}" || isByte($0) }) { return plain }
    var text = String.UnicodeScalarView()
    var rest = Array(bytes)[...]
    while !rest.isEmpty {
      var decoder = UTF8()
      var iterator = rest.makeIterator()
      if case .scalarValue(let scalar) = decoder.decode(&iterator), !isByte(scalar) {
        text.append(scalar)
        rest = rest.dropFirst(UTF8.width(scalar))
      } else if let byte = rest.popFirst(), let scalar = Unicode.Scalar(first - 0x80 + UInt32(byte)) {
        text.append(scalar)
      }
    }
    return String(text)
  }

  /// The name as bytes, without a final zero.
  package static func bytes(_ text: String) -> [UInt8] {
    if isUTF8(text) { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      isByte(scalar) ? [UInt8(scalar.value - first + 0x80)] : Array(String(scalar).utf8)
    }
  }

  /// Whether the name is UTF-8: its text is then the name itself.
  package static func isUTF8(_ text: String) -> Bool { !text.unicodeScalars.contains(where: isByte) }

  /// The text as it can be shown or sent: U+FFFD for each byte that is not UTF-8.
  package static func shown(_ text: String) -> String {
    if isUTF8(text) { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isByte($0) ? "\u{FFFD}" : $0 }))
  }

  /// Calls `body` with the name as a C string.
  package static func withCString<Result>(
    _ text: String, _ body: (UnsafePointer<CChar>) throws -> Result
  ) rethrows -> Result {
    if isUTF8(text) { return try text.withCString(body) }
    let bytes = bytes(text) + [0]
    return try bytes.withUnsafeBufferPointer { buffer in
      try buffer.withMemoryRebound(to: CChar.self) { characters in
        // Never nil: there is at least the zero.
        guard let base = characters.baseAddress else { return try "".withCString(body) }
        return try body(base)
      }
    }
  }

  /// The text of a name from the system.
  package static func text(cString: UnsafePointer<CChar>) -> String {
    text(UnsafeRawBufferPointer(start: cString, count: strlen(cString)))
  }
}
