import DigitNetwork
import Foundation
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite("What the engine turns down")
struct RefusalTests {
  @Test("networks that cannot be trained")
  func architectures() {
    func refused(_ change: (inout NetworkArchitecture) -> Void) -> String? {
      var architecture = NetworkArchitecture.small
      change(&architecture)
      do {
        _ = try TrainableNetwork(architecture: architecture, seed: 1)
        return nil
      } catch { return error.description }
    }
    #expect(refused { _ in } == nil)
    #expect(refused { $0.convolutions = [] } == "the network cannot be trained: it has 0 convolutions")
    #expect(refused { $0.classes = 1 }?.contains("1 classes") == true)
    #expect(refused { $0.convolutions[0].inputChannels = 2 }?.contains("reads 2 channels, but 1 come in") == true)
    #expect(refused { $0.convolutions[1].outputChannels = 12 }?.contains("12 filters") == true)
    #expect(refused { $0.convolutions[1].stride.bands = 0 }?.contains("kernel or stride") == true)
    #expect(refused { $0.convolutions[0].kernel.frames = .max }?.contains("kernel or stride") == true)
    #expect(refused { $0.convolutions[0].kernel.bands = 200 } == nil)
    #expect(refused { $0.input.bands = .max }?.contains("input") == true)
  }

  @Test("tensors come back as they went, and wrong ones change nothing")
  func tensors() throws {
    let (source, target) = (
      try TrainableNetwork(architecture: .small, seed: 1), try TrainableNetwork(architecture: .small, seed: 2)
    )
    RandomBatch(count: 2, architecture: .small, seed: 1).run(source)
    let tensors = source.tensors()
    #expect(tensors["conv2.weight"]?.shape == [16, 8, 3, 3])
    #expect(tensors["fc.weight"]?.shape == [3, 24])
    #expect(tensors["bn3.running_var"]?.shape == [8])
    #expect(tensors.count == 3 * 5 + 2)

    let before = target.state
    for (name, change) in [
      ("bn1.bias", nil), ("fc.bias", ([4], [0, 0, 0, 0])), ("conv9.weight", ([1], [0])),
      ("fc.weight", ([3, 24], [1])),
    ] as [(String, TrainableNetwork.Values?)] {
      var wrong = tensors
      wrong[name] = change
      let error = #expect(throws: TrainingEngineError.self) { try target.load(wrong) }
      #expect(error?.description.contains(name) == true)
      #expect(target.state == before)
    }
    try target.load(tensors)
    #expect(target.state == source.state)
  }

  @Test("checkpoints that are missing, something else, damaged, cut short, or of another network")
  func checkpoints() throws {
    let folder = try TemporaryFolder()
    let network = try TrainableNetwork(architecture: .small, seed: 1)
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
    let other = try TrainableNetwork(architecture: .standard(classes: 2), seed: 1)
    #expect(throws: TrainingEngineError.self) { try checkpoint.restore(other) }
  }
}
