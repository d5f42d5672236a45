import Files
import Testing

@Suite struct Base64Tests {
  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ]) func `bytes become text and come back`(plain: String, text: String) {
    #expect(Base64.text(Array(plain.utf8)) == text)
    #expect(Base64.bytes(text) == Array(plain.utf8))
    #expect(Base64.bytes(text.filter { $0 != "=" }) == Array(plain.utf8))
  }

  @Test func `every byte comes back`() {
    let all = Array(UInt8.min...UInt8.max)
    #expect(Base64.bytes(Base64.text(all)) == all)
  }

  @Test(arguments: ["Zm9v ", "Zm-v", "Zm_v", "Zm9vä"]) func `other characters are refused`(text: String) {
    #expect(Base64.bytes(text) == nil)
  }
}
