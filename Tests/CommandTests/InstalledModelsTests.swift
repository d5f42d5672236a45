import TestSupport
import Testing
import digitctl

@Suite struct InstalledModelsTests {
  @Test func `the usual model comes first, and those before an installation only where they are wanted`() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "a", "a.previous", "digits", "digits.previous"] {
      _ = try folder.file("\(name).safetensors", [])
    }
    _ = try folder.file("a.txt", [])
    func names(includingPrevious: Bool) -> [String] {
      InstalledModels.paths(beside: folder.path("digits.safetensors"), includingPrevious: includingPrevious).map {
        String($0.dropFirst(folder.path("").count).dropLast(".safetensors".count))
      }
    }
    #expect(names(includingPrevious: false) == ["digits", "a", "b"])
    #expect(names(includingPrevious: true) == ["digits", "a.previous", "a", "b", "digits.previous"])
  }
}
