import DigitNetwork
import Foundation
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model in Models/"))
struct ExportCommandTests {
  @Test func theFileIsTheModelsONNX() async throws {
    try await Command.inFolder { folder in
      let file = folder.appending(path: "digits.onnx")
      let result = try await Command.run(["export", "--onnx", file.path])
      #expect(result.status == 0 && result.output.isEmpty)
      #expect(try [UInt8](Data(contentsOf: file)) == DigitModel(contentsOf: Command.model).onnx())
    }
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings")) func examplesAreWhatTheNetworkSawAndSaid()
    async throws
  {
    try await Command.inFolder { folder in
      let recordings = [2, 7].map { "\(Command.data)/fsdd/\($0)_theo_1.wav" }
      let (onnx, examples) = (folder.appending(path: "m.onnx"), folder.appending(path: "examples.safetensors"))
      let result = try await Command.run(["export", "--onnx", onnx.path, "--examples", examples.path] + recordings)
      #expect(result.status == 0)
      let file = try Safetensors(bytes: [UInt8](Data(contentsOf: examples)))
      let spectrograms = try #require(file.tensors["spectrograms"])
      let logits = try #require(file.tensors["logits"])
      #expect(spectrograms.shape == [2, 128, 128] && logits.shape == [2, 11])
      #expect(file.metadata["recordings"] == recordings.joined(separator: "\n"))
      let classifier = try DigitClassifier(DigitModel(contentsOf: Command.model))
      for i in 0..<2 {
        let said = classifier.logits(of: Array(spectrograms.values[i * 16_384..<(i + 1) * 16_384]))
        #expect(said == Array(logits.values[i * 11..<(i + 1) * 11]))
      }
    }
  }

  /// A device node of our own: /dev/null itself is never tried on.
  @Test func aDeviceOrAPipeIsWrittenIntoAndALinkIsFollowed() async throws {
    try await Command.inFolder { folder in
      let link = folder.appending(path: "link").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
      try Data("old".utf8).write(to: folder.appending(path: "real"))
      #expect(try await Command.run(["export", "--onnx", link]).status == 0)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real")
      let model = try Data(DigitModel(contentsOf: Command.model).onnx())
      #expect(try Data(contentsOf: folder.appending(path: "real")) == model)

      let program = Command.products.appending(path: "digitctl").path
      let piped = try await Command.run(
        executable: "/bin/sh",
        [
          "-c",
          "cd '\(folder.path)' && mkfifo pipe && { cat pipe > got & '\(program)' export --onnx pipe && wait && test -p pipe; }",
        ])
      #expect(piped.status == 0)
      #expect(try Data(contentsOf: folder.appending(path: "got")) == model)

      guard Command.succeeds("mknod '\(folder.path)/null' c 1 3") else { return }
      let null = folder.appending(path: "null").path
      #expect(try await Command.run(["export", "--onnx", null]).status == 0)
      #expect(Command.succeeds("test -c '\(null)'"))
    }
  }

  @Test func whatCannotBeWrittenIsNamed() async throws {
    let result = try await Command.run(["export", "--onnx", "/no/such/folder/m.onnx"])
    #expect(result.status == 1)
    #expect(result.errors.contains("/no/such/folder/m.onnx"))
  }

  @Test func examplesNeedRecordingsAndRecordingsExamples() async throws {
    #expect(try await Command.run(["export", "--onnx", "/dev/null", "--examples", "x"]).status == 64)
    #expect(try await Command.run(["export", "--onnx", "/dev/null", "a.wav"]).status == 64)
  }
}
