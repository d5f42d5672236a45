import Files
import Testing

/// The published test vectors of FNV-1a.
@Suite struct FingerprintTests {
  @Test func `the hashes are FNV-1a's`() {
    #expect(Fingerprint().hash == 0xCBF2_9CE4_8422_2325)
    #expect(Fingerprint(of: Array("a".utf8)).hash == 0xAF63_DC4C_8601_EC8C)
    #expect(Fingerprint(of: Array("foobar".utf8)).description == "85944171f73967e8")
    #expect(Fingerprint.short(of: []) == 0x811C_9DC5)
    #expect(Fingerprint.short(of: Array("foobar".utf8)) == 0xBF9C_F968)
  }

  @Test func `bytes may come in parts`() {
    var parts = Fingerprint(of: Array("foo".utf8))
    parts.add(Array("bar".utf8))
    #expect(parts.hash == Fingerprint(of: Array("foobar".utf8)).hash)
  }
}
