import DigitNetwork
import Foundation
import TestSupport
import Testing

@Suite struct StreamingNetworkTests {
  /// Shapes whose bands leave every kind of rest behind groups of six and four outputs.
  private static let architectures =
    [8, 10, 12, 16, 20, 26].map { bands in
      SequenceArchitecture(
        bands: bands, channels: 4,
        layers: [
          .init(4, 16, kernel: (3, 3), stride: (2, 1), lookahead: 1),
          .init(16, 32, kernel: (2, 5), stride: (1, 2), dilation: 3, lookahead: 0),
          .init(32, 32, kernel: (3, 1), dilation: 2, lookahead: 2, isResidual: true),
        ],
        labels: 12, activities: 3)
    } + [tinyArchitecture]

  private func scores(_ network: StreamingNetwork, _ frames: [Float]) -> [[Float]] {
    let (count, outputs) = (network.architecture.bands * network.architecture.channels, network.architecture.outputs)
    var columns: [[Float]] = []
    func take(_ column: UnsafePointer<Float>) { columns.append((0..<outputs).map { column[$0] }) }
    frames.withUnsafeBufferPointer { frames in
      guard let base = frames.baseAddress else { return }
      for start in stride(from: 0, to: frames.count, by: count) { network.process(base + start, column: take) }
    }
    network.finish(column: take)
    return columns
  }

  @Test(arguments: KernelTable.usable.map(\.name))
  func `every instruction set gives the scores of the definition`(_ name: String) throws {
    let kernels = try #require(KernelTable.usable.first { $0.name == name })
    for (index, architecture) in Self.architectures.enumerated() {
      let tensors = randomTensors(architecture, seed: UInt64(index))
      let network = StreamingNetwork(
        try FoldedSequenceNetwork(architecture, tensors: tensors), kernels: kernels)
      var generator = SeededGenerator(seed: 9)
      for frames in [1, 5, 33] {
        let input = generator.floats(frames * architecture.bands * architecture.channels)
        let expected = ReferenceNetwork(architecture: architecture, tensors: tensors, roundsColumns: true)
          .scores(input)
        let got = scores(network, input)
        #expect(got.count == expected.count)
        for (column, wanted) in zip(got, expected) {
          for (a, b) in zip(column, wanted) {
            #expect(abs(Double(a) - b) < 1e-4 * (1 + abs(b)), "\(architecture.bands) bands, \(frames) frames")
          }
        }
      }
    }
  }

  /// The rounded weights of the layers with one output a frame.
  @Test func `no score is off by more than a hundredth of the largest`() throws {
    let architecture = SequenceArchitecture.standard(labels: 12)
    let tensors = randomTensors(architecture, seed: 21)
    let network = StreamingNetwork(try FoldedSequenceNetwork(architecture, tensors: tensors))
    var generator = SeededGenerator(seed: 22)
    let input = generator.floats(12 * architecture.bands * architecture.channels)
    let expected = ReferenceNetwork(architecture: architecture, tensors: tensors).scores(input)
    let largest = expected.joined().map(abs).max() ?? 0
    for (column, wanted) in zip(scores(network, input), expected) {
      for (a, b) in zip(column, wanted) { #expect(abs(Double(a) - b) < 1e-2 * largest) }
    }
  }

  @Test func `earlier input leaves no trace`() throws {
    let model = try randomModel(seed: 3)
    var generator = SeededGenerator(seed: 4)
    let inputs = (0..<2).map { _ in generator.floats(40 * 16) }
    let network = StreamingNetwork(model.network)
    let first = scores(network, inputs[0])
    _ = scores(network, inputs[1])
    #expect(scores(network, inputs[0]) == first)
  }

  @Test func `a copy that goes on gives the same scores, and does not change the original`() throws {
    for architecture in Self.architectures {
      let tensors = randomTensors(architecture, seed: 5)
      let network = StreamingNetwork(try FoldedSequenceNetwork(architecture, tensors: tensors))
      let other = StreamingNetwork(sharing: network)
      var generator = SeededGenerator(seed: 6)
      let count = architecture.bands * architecture.channels
      let input = generator.floats(50 * count)
      func hear(_ network: StreamingNetwork, _ frames: Range<Int>) -> [[Float]] {
        var columns: [[Float]] = []
        input.withUnsafeBufferPointer { input in
          guard let base = input.baseAddress else { return }
          for frame in frames {
            network.process(base + frame * count) { column in
              columns.append((0..<architecture.outputs).map { column[$0] })
            }
          }
        }
        return columns
      }
      _ = hear(other, 0..<7)
      _ = hear(network, 0..<30)
      other.goOn(from: network)
      let ahead = hear(other, 30..<50)
      #expect(ahead.count >= 8 && hear(network, 30..<50) == ahead)
    }
  }

  /// Set by check-kernels.sh, which emulates processors and knows what each has.
  private static let expectedKernels = ProcessInfo.processInfo.environment["DIGITD_EXPECTED_KERNELS"]

  @Test(.enabled(if: expectedKernels != nil, "check-kernels.sh does not ask"))
  func `the kernels are chosen by the processor's instruction sets`() {
    #expect(KernelTable.best.name == Self.expectedKernels)
  }
}
