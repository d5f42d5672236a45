import Glibc

/// Names of files as text. To Linux a name is bytes, and some are no UTF-8: those of an archive packed elsewhere, say. A
/// `String` cannot hold such bytes, so each stands in it as a character that nobody uses: U+10FE00 and the byte. A name that
/// holds one of these characters itself is taken byte by byte, so that every name has one text, and every text one name.
package enum FileName {
  private static let first: UInt32 = 0x10_FE80
  private static let last: UInt32 = 0x10_FEFF

  private static func isByte(_ scalar: Unicode.Scalar) -> Bool { (first...last).contains(scalar.value) }

  /// The text of a name, or of any text in which names stand.
  package static func text(_ bytes: some Collection<UInt8>) -> String {
    let plain = String(decoding: bytes, as: UTF8.self)
    // Most names are what they seem.
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

  /// The name as bytes, without a zero at its end.
  package static func bytes(_ text: String) -> [UInt8] {
    if isUTF8(text) { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      isByte(scalar) ? [UInt8(scalar.value - first + 0x80)] : Array(String(scalar).utf8)
    }
  }

  /// Whether the name is UTF-8: its text is then the name itself.
  package static func isUTF8(_ text: String) -> Bool { !text.unicodeScalars.contains(where: isByte) }

  /// The text fit to be shown or sent: U+FFFD for each byte that is none of UTF-8.
  package static func shown(_ text: String) -> String {
    if isUTF8(text) { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { isByte($0) ? "\u{FFFD}" : $0 }))
  }

  /// Calls `body` with the name as the system takes it.
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

  /// The text of a name that the system gives.
  package static func text(cString: UnsafePointer<CChar>) -> String {
    text(UnsafeRawBufferPointer(start: cString, count: strlen(cString)))
  }
}
