import Testing
import digitctl

@Suite struct RecordKeysTests {
  @Test func `a line counts once it is complete, by its first letter`() {
    var keys = RecordKeys()
    #expect(keys.push(Array("s".utf8)) == [])
    #expect(keys.push(Array("\nx\n\nBack\nq".utf8)) == [.skip, .back])
    #expect(keys.push(Array("\r".utf8)) == [.quit])
  }
}
