import AudioInput
import DigitNetwork
import Foundation
import SpeechFeatures
import Testing

/// The shipped network and real speech, whose numbers are less even than random ones.
@Suite struct TrainedScoresTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// A second of the fixtures' first digits.
  private static func frames() throws -> [Float] {
    let file = try SoundFile.read(path: root.appending(path: "Tests/Fixtures/digits.wav").path)
    let sound = try AudioConditioner.condition(file.samples, sampleRate: file.sampleRate)
    let features = try StreamingFeatures()
    var frames: [Float] = []
    sound.prefix(16_000).suffix(9_000).withUnsafeBufferPointer { sound in
      features.process(sound) { frames += UnsafeBufferPointer(start: $0, count: features.frameCount) }
    }
    return frames
  }

  @Test func `no score is off by more than a hundredth of the largest, in integers by a thousandth`() throws {
    let model = try SequenceModel(contentsOf: Self.root.appending(path: "Models/digits.safetensors").path)
    let architecture = model.metadata.architecture
    let frames = try Self.frames()
    let frameCount = architecture.bands * architecture.channels
    let expected = ReferenceNetwork(architecture: architecture, tensors: model.tensors).scores(frames)
    let largest = expected.joined().map(abs).max() ?? 0
    #expect(expected.count > 30 && largest > 10)
    for kernels in KernelTable.usable {
      let network = StreamingNetwork(model.network, kernels: kernels)
      var got: [[Float]] = []
      func take(_ column: UnsafePointer<Float>) { got.append((0..<architecture.outputs).map { column[$0] }) }
      frames.withUnsafeBufferPointer { frames in
        guard let base = frames.baseAddress else { return }
        for start in stride(from: 0, to: frames.count, by: frameCount) { network.process(base + start, column: take) }
      }
      network.finish(column: take)
      #expect(got.count == expected.count)
      let farthest = zip(got.joined(), expected.joined()).map { abs(Double($0) - $1) }.max() ?? .infinity
      #expect(farthest < (kernels.computesInIntegers ? 1e-3 : 1e-2) * largest, "\(kernels.name)")
    }
  }
}
