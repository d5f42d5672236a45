/// The parts of a `multipart/form-data` body (RFC 7578; RFC 2046, section 5.1).
package struct Multipart: Sendable {
  package struct Part: Sendable, Equatable {
    /// The field's name.
    package var name: String
    /// The file's name as given by the sender; nil if the field is not a file.
    package var fileName: String?
    package var bytes: ArraySlice<UInt8>

    /// The file's name, or the field's if the file has none.
    var shownName: String { fileName.flatMap { $0.isEmpty ? nil : $0 } ?? name }
  }

  /// Why a body cannot be parsed.
  package enum Failure: String, Error, Equatable {
    case noBoundary = "the content type names no boundary of 1 to 70 characters"
    case noFirstBoundary = "the body does not begin with its boundary"
    case noEnd = "the body ends before its last boundary"
    case badHeader = "a part has no header Content-Disposition: form-data with a name"
    case tooManyParts = "the body has too many parts"
  }

  /// - Parameter contentType: the value of the header, `multipart/form-data; boundary=…`.
  package static func boundary(of contentType: String) throws(Failure) -> [UInt8] {
    let value = parameters(of: contentType)["boundary"] ?? ""
    guard (1...70).contains(value.utf8.count) else { throw .noBoundary }
    return Array(value.utf8)
  }

  package static func parts(of body: [UInt8], boundary: [UInt8], atMost limit: Int) throws(Failure) -> [Part] {
    let dashed = Array("--".utf8) + boundary
    let delimiter = Array("\r\n".utf8) + dashed
    // A preamble before the first boundary is ignored.
    var at: Int
    if body.starts(with: dashed) {
      at = dashed.count
    } else if let found = find(delimiter, in: body[...]) {
      at = found + delimiter.count
    } else {
      throw .noFirstBoundary
    }
    var parts: [Part] = []
    while true {
      let rest = body[at...]
      if rest.starts(with: "--".utf8) { return parts }
      guard parts.count < limit else { throw .tooManyParts }
      // There may be blanks between a boundary and the end of its line.
      let line = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      guard line.starts(with: "\r\n".utf8) else { throw .noEnd }
      // A part without headers begins with an empty line: the end of the boundary's line and one more line end.
      guard let headersEnd = find(Array("\r\n\r\n".utf8), in: line) else { throw .noEnd }
      let content = body[(headersEnd + 4)...]
      guard let end = find(delimiter, in: content) else { throw .noEnd }
      let headers = String(decoding: line[(line.startIndex + 2)..<max(line.startIndex + 2, headersEnd)], as: UTF8.self)
      parts.append(try part(headers, body[content.startIndex..<end]))
      at = end + delimiter.count
    }
  }

  private static func part(_ headers: String, _ bytes: ArraySlice<UInt8>) throws(Failure) -> Part {
    for line in headers.split(whereSeparator: \.isNewline) {
      guard let colon = line.firstIndex(of: ":"), line[..<colon].lowercased() == "content-disposition" else { continue }
      let value = String(line[line.index(after: colon)...])
      let fields = parameters(of: value)
      guard value.drop(while: { $0 == " " }).lowercased().hasPrefix("form-data"), let name = fields["name"] else {
        break
      }
      return Part(name: name, fileName: fields["filename"], bytes: bytes)
    }
    throw .badHeader
  }

  /// The parameters of a header's value: `x; name="value"; other=token`.
  private static func parameters(of value: String) -> [String: String] {
    var result: [String: String] = [:]
    var rest = value[...].drop { $0 != ";" }.dropFirst()
    while !rest.isEmpty {
      let name = rest.prefix { $0 != "=" && $0 != ";" }.filter { $0 != " " && $0 != "\t" }.lowercased()
      rest = rest.drop { $0 != "=" && $0 != ";" }
      guard rest.first == "=" else {
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst()
      var content = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
          // Browsers write a quote as %22, others as \".
          if character == "\\", let next = rest.first, next == "\"" || next == "\\" {
            content.append(next)
            rest = rest.dropFirst()
          } else {
            content.append(character)
          }
        }
      } else {
        content = rest.prefix { $0 != ";" }.filter { $0 != " " && $0 != "\t" }
      }
      rest = rest.drop { $0 != ";" }.dropFirst()
      if result[name] == nil { result[name] = content }
    }
    return result
  }

  /// The position of `pattern`: looks for its first byte, then compares the rest.
  private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = pattern.first else { return nil }
    var rest = bytes
    while let at = rest.firstIndex(of: first) {
      if rest[at...].starts(with: pattern) { return at }
      rest = rest[(at + 1)...]
    }
    return nil
  }
}
