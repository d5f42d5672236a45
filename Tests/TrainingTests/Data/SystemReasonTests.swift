import FoundationEssentials
import Testing
import Training

@Suite struct SystemReasonTests {
  @Test func whatFoundationThrowsIsTheSystemsOwnWords() {
    let missing = #expect(throws: (any Error).self) { try Data(contentsOf: URL(filePath: "/no/such/file")) }
    #expect(missing.map(systemReason) == "No such file or directory")
    let folder = #expect(throws: (any Error).self) {
      try FileManager.default.createDirectory(atPath: "/dev/null/x", withIntermediateDirectories: true)
    }
    #expect(folder.map(systemReason) == "Not a directory")
  }

  @Test func whatIsASentenceAlreadyStays() {
    #expect(systemReason(of: EvaluationError("a sentence")) == "a sentence")
  }
}
