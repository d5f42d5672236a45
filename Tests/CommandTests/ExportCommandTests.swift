import DigitNetwork
import Foundation
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model in Models/"))
struct ExportCommandTests {
  @Test func `the file is the model's ONNX`() async throws {
    try await Command.inFolder { folder in
      let file = folder.appending(path: "digits.onnx")
      let result = try await Command.run(["export", "--onnx", file.path])
      #expect(result.status == 0 && result.output.isEmpty)
      #expect(try [UInt8](Data(contentsOf: file)) == SequenceModel(contentsOf: Command.model).onnx())
    }
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings")) func `examples are the network's input and output`()
    async throws
  {
    try await Command.inFolder { folder in
      let recordings = [2, 7].map { "\(Command.data)/fsdd/\($0)_theo_1.wav" }
      let (onnx, examples) = (folder.appending(path: "m.onnx"), folder.appending(path: "examples.safetensors"))
      let result = try await Command.run(["export", "--onnx", onnx.path, "--examples", examples.path] + recordings)
      #expect(result.status == 0)
      let file = try Safetensors(bytes: [UInt8](Data(contentsOf: examples)))
      #expect(file.metadata["recordings"] == recordings.joined(separator: "\n"))
      let model = try SequenceModel(contentsOf: Command.model)
      let outputs = model.metadata.architecture.outputs
      for i in 0..<2 {
        let spectrogram = try #require(file.tensors["spectrogram.\(i)"])
        let scores = try #require(file.tensors["scores.\(i)"])
        #expect(spectrogram.shape.dropFirst() == [64, 2] && scores.shape[1] == outputs)
        let network = StreamingNetwork(model.network)
        var said: [Float] = []
        func take(_ column: UnsafePointer<Float>) { said += (0..<outputs).map { column[$0] } }
        spectrogram.values.withUnsafeBufferPointer { frames in
          guard let base = frames.baseAddress else { return }
          for start in stride(from: 0, to: frames.count, by: 128) { network.process(base + start, column: take) }
        }
        network.finish(column: take)
        #expect(said == scores.values)
      }
    }
  }

  /// A device node of our own: /dev/null itself is never tried on.
  @Test func `a device or a pipe is written into, and a link is followed`() async throws {
    try await Command.inFolder { folder in
      let link = folder.appending(path: "link").path
      try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real")
      try Data("old".utf8).write(to: folder.appending(path: "real"))
      #expect(try await Command.run(["export", "--onnx", link]).status == 0)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real")
      let model = try Data(SequenceModel(contentsOf: Command.model).onnx())
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

  @Test func `a file that cannot be written is named`() async throws {
    let result = try await Command.run(["export", "--onnx", "/no/such/folder/m.onnx"])
    #expect(result.status == 1)
    #expect(result.errors.contains("/no/such/folder/m.onnx"))
  }

  @Test func `examples need recordings, and recordings need examples`() async throws {
    #expect(try await Command.run(["export", "--onnx", "/dev/null", "--examples", "x"]).status == 64)
    #expect(try await Command.run(["export", "--onnx", "/dev/null", "a.wav"]).status == 64)
  }
}
