import Foundation
import Testing

@Suite struct TrainCommandTests {
  /// A folder with a recording that cannot be heard, which would be told first if it were read first.
  private func inData(_ body: (URL) async throws -> Void) async throws {
    try await Command.inFolder { folder in
      try Data("none".utf8).write(to: folder.appending(path: "3_ann_10.wav"))
      try await body(folder)
    }
  }

  @Test(arguments: [[], ["--from-model", Command.model]])
  func `a model that cannot be written is an error before the work`(more: [String]) async throws {
    try await inData { folder in
      let isFolder = try await Command.run(["train", "--data", folder.path, "--output", folder.path] + more)
      #expect(isFolder.status == 1 && isFolder.errors == "Error: \(folder.path) cannot be written: Is a directory\n")
      let lost = folder.appending(path: "none/a.safetensors").path
      let isLost = try await Command.run(["train", "--data", folder.path, "--output", lost] + more)
      #expect(isLost.status == 1)
      #expect(isLost.errors == "Error: \(lost) cannot be written: No such file or directory\n")
      // Nothing was left behind by trying.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["3_ann_10.wav"])
    }
  }

  @Test(arguments: [
    (["--seed", "-1"], "it must be a whole number, 0 or more"),
    (["--seed", "x"], "it must be a whole number, 0 or more"),
    (["--steps", "-1"], "--steps must be at least 1"), (["--threads", "-1"], "--threads must be 1 to 64"),
    (["--noise-reduction-depth", "8"], "must be 0: this network hears without noise reduction"),
    (["--others", "z"], "--others goes with --from-model without --steps"),
    (["--threshold", "2"], "--threshold must be 0 to 1"),
  ]) func `wrong usage has a message and exit code 64`(arguments: [String], words: String) async throws {
    let result = try await Command.run(["train", "--data", "x", "--output", "y"] + arguments)
    #expect(result.status == 64 && result.errors.contains(words), "\(result.errors)")
  }

  @Test func `a checkpoint that cannot be written is an error before the work`() async throws {
    try await inData { folder in
      let model = folder.appending(path: "a.safetensors").path
      let result = try await Command.run(
        ["train", "--data", folder.path, "--output", model, "--checkpoint", "/no/such/place"])
      #expect(result.status == 1)
      #expect(result.errors == "Error: /no/such/place cannot be written: No such file or directory\n")
    }
  }
}
