import Testing
import Web

@Suite struct MultipartTests {
  private func parts(_ body: String, boundary: String = "x", atMost limit: Int = 9) throws -> [Multipart.Part] {
    try Multipart.parts(of: Array(body.utf8), boundary: Array(boundary.utf8), atMost: limit)
  }

  @Test func `files come in order with their names`() throws {
    let body =
      "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".wav\"\r\nContent-Type: audio/wav\r\n\r\n"
      + "one\r\n--\r\n--x \t\r\ncontent-disposition:form-data;name=other\r\n\r\n\r\n--x--\r\nafter"
    let parts = try parts(body)
    #expect(parts.map(\.name) == ["file", "other"])
    #expect(parts.map(\.fileName) == ["a \"b\".wav", nil])
    #expect(parts.map { String(decoding: $0.bytes, as: UTF8.self) } == ["one\r\n--", ""])
  }

  @Test func `a preamble is skipped`() throws {
    let body = "nobody reads this\r\n--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--x--"
    #expect(try parts(body).map(\.name) == ["a"])
  }

  @Test(arguments: [
    ("", Multipart.Failure.noFirstBoundary), ("hello", .noFirstBoundary), ("--x", .noEnd), ("--x\r\n", .noEnd),
    ("--xy\r\n", .noEnd), ("--x\r\nA: b\r\n\r\nc", .noEnd), ("--x\r\nA: b\r\n\r\nc\r\n--x--", .badHeader),
    ("--x\r\nContent-Disposition: attachment; name=a\r\n\r\nc\r\n--x--", .badHeader),
    ("--x\r\n\r\n\r\n--x--", .badHeader),
    ("--x\r\nContent-Disposition: form-data; name=a\r\n\r\nc\r\n--x", .noEnd),
  ]) func `a body that is not a form is refused`(body: String, failure: Multipart.Failure) {
    #expect(throws: failure) { try parts(body) }
  }

  @Test func `no more parts than allowed are taken`() {
    let part = "--x\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n"
    #expect(throws: Multipart.Failure.tooManyParts) { try parts(part + part + part + "--x--", atMost: 2) }
  }

  @Test func `the boundary is read from the content type`() throws {
    #expect(try Multipart.boundary(of: "multipart/form-data; charset=utf-8; BOUNDARY=\"a b\"") == Array("a b".utf8))
    #expect(throws: Multipart.Failure.noBoundary) { try Multipart.boundary(of: "multipart/form-data") }
    #expect(throws: Multipart.Failure.noBoundary) {
      try Multipart.boundary(of: "multipart/form-data; boundary=" + String(repeating: "a", count: 71))
    }
  }
}
