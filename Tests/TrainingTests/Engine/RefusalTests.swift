import DigitNetwork
import Foundation
import Testing
import Training

import class TestSupport.TemporaryFolder

@Suite struct RefusalTests {
  @Test func `a network that cannot be trained is refused`() {
    var architecture = SequenceArchitecture.small
    #expect(throws: Never.self) { try architecture.checkTrainable() }
    architecture.layers[1].filters = 12
    #expect(throws: TrainingEngineError.self) { try architecture.checkTrainable() }
    architecture.layers = []
    #expect(throws: TrainingEngineError.self) { try architecture.checkTrainable() }
  }

  @Test func `tensors come back as they went, and those of another shape are left out`() {
    let source = TrainableSequenceNetwork(.small, seed: 1)
    let target = TrainableSequenceNetwork(.small, seed: 2)
    let tensors = source.tensors()
    #expect(tensors["conv2.weight"]?.shape == [32, 16, 3, 5] && tensors.count == 3 * 5 + 2)
    let before = target.tensors()
    var other = tensors
    other["fc.weight"] = Tensor(shape: [1], values: [0])
    target.load(other)
    #expect(target.tensors()["fc.weight"] == before["fc.weight"])
    #expect(target.tensors()["conv3.weight"] == tensors["conv3.weight"])
    target.load(tensors)
    #expect(target.state == source.state)
  }

  @Test func `checkpoints that are missing, something else, damaged, cut short, or of another network are refused`()
    throws
  {
    let folder = try TemporaryFolder()
    let network = TrainableSequenceNetwork(.small, seed: 1)
    let checkpoint = Checkpoint(
      of: network, optimiser: Muon(parameterCount: network.layout.parameterCount), seed: 1, epoch: 0, step: 0)
    let path = folder.path("a.checkpoint")
    try checkpoint.write(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    #expect(try Checkpoint(path: path) == checkpoint)

    func refused(_ bytes: Data) throws -> String? {
      try bytes.write(to: URL(fileURLWithPath: path))
      do {
        _ = try Checkpoint(path: path)
        return nil
      } catch { return "\(error)" }
    }
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<50 {
      var damaged = bytes
      damaged[damaged.startIndex + generator.index(below: bytes.count)] ^= UInt8(1 + generator.index(below: 255))
      #expect(try refused(damaged)?.hasPrefix("checkpoint \(path): ") == true)
      #expect(try refused(bytes.prefix(generator.index(below: bytes.count)))?.contains(path) == true)
    }
    #expect(try refused(Data("RIFF, but no checkpoint at all".utf8))?.hasSuffix("is not a checkpoint") == true)

    let missing = #expect(throws: TrainingEngineError.self) { try Checkpoint(path: folder.path("none")) }
    #expect(missing?.description.contains("No such file") == true)
    #expect(throws: TrainingEngineError.self) { try Checkpoint(path: folder.path("")) }
    #expect(throws: TrainingEngineError.self) { try checkpoint.write(to: folder.path("no/such/folder")) }
    var architecture = SequenceArchitecture.small
    architecture.labels = 6
    #expect(throws: TrainingEngineError.self) {
      try checkpoint.restore(TrainableSequenceNetwork(architecture, seed: 1))
    }
  }
}
