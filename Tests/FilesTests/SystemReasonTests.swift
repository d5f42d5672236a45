import Files
import Glibc
import Testing

@Suite struct SystemReasonTests {
  @Test func `an error number is given in the system's own words`() {
    #expect(systemReason(ENOENT) == "No such file or directory")
    #expect(systemReason(ENOTDIR) == "Not a directory")
    #expect(systemReason(99_999) == "Unknown error 99999")
  }
}
