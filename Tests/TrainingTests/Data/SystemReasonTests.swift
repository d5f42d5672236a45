import FoundationEssentials
import Testing
import Training

@Suite struct SystemReasonTests {
  @Test func `Foundation's errors are given in the system's own words`() {
    let missing = #expect(throws: (any Error).self) { try Data(contentsOf: URL(filePath: "/no/such/file")) }
    #expect(missing.map(systemReason) == "No such file or directory")
    let folder = #expect(throws: (any Error).self) {
      try FileManager.default.createDirectory(atPath: "/dev/null/x", withIntermediateDirectories: true)
    }
    #expect(folder.map(systemReason) == "Not a directory")
  }

  @Test func `an error that is a sentence already stays`() {
    #expect(systemReason(of: EvaluationError("a sentence")) == "a sentence")
  }
}
