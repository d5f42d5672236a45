import DigitNetwork
import Foundation
import TestSupport
import Testing

@Suite struct StreamingNetworkTests {
  /// Shapes whose bands leave every kind of rest behind groups of six, eight and four outputs.
  private static let architectures =
    [6, 8, 10, 12, 16, 20, 26].map { bands in
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
        let expected = ReferenceNetwork(
          architecture: architecture, tensors: tensors, roundsColumns: !kernels.computesInIntegers
        ).scores(input)
        let got = scores(network, input)
        #expect(got.count == expected.count)
        for (column, wanted) in zip(got, expected) {
          for (a, b) in zip(column, wanted) {
            #expect(
              abs(Double(a) - b) < (kernels.computesInIntegers ? 5e-3 : 1e-4) * (1 + abs(b)),
              "\(architecture.bands) bands, \(frames) frames")
          }
        }
      }
    }
  }

  /// The rounded weights of the layers with one output a frame, or the integers.
  @Test(arguments: KernelTable.usable.map(\.name))
  func `no score is off by more than a hundredth of the largest, in integers by a thousandth`(_ name: String) throws {
    let kernels = try #require(KernelTable.usable.first { $0.name == name })
    let architecture = SequenceArchitecture.standard(labels: 12)
    let tensors = randomTensors(architecture, seed: 21)
    var generator = SeededGenerator(seed: 22)
    let input = generator.floats(12 * architecture.bands * architecture.channels)
    try expectScores(
      architecture, tensors, kernels, input, within: kernels.computesInIntegers ? 1e-3 : 1e-2)
  }

  /// The larger a row's sum can be, the fewer steps have integers for the weights: with the most channels they are too few,
  /// and a layer of two outputs is computed in floats.
  @Test(arguments: [32, 64, 128], [15, 16])
  func `sums as large as they can be do not overflow`(_ channels: Int, _ kernelBands: Int) throws {
    let architecture = SequenceArchitecture(
      bands: 16, channels: 4,
      layers: [
        .init(4, channels, kernel: (1, 1), lookahead: 0),
        .init(channels, 16, kernel: (2, kernelBands), lookahead: 0, padsBands: false),
      ],
      labels: 12, activities: 3)
    var tensors = randomTensors(architecture, seed: 23)
    for (name, shape) in architecture.tensorShapes where !name.hasPrefix("fc") {
      // All weights are the same, and so is what enters: every product is as large as the largest.
      let value: Float = name.hasSuffix("running_mean") || name.hasSuffix("bias") ? 0 : 1
      tensors[name] = Tensor(shape: shape, values: [Float](repeating: value, count: shape.reduce(1, *)))
    }
    let input = [Float](repeating: 0.37, count: 3 * 16 * 4)
    for kernels in KernelTable.usable { try expectScores(architecture, tensors, kernels, input, within: 1e-2) }
  }

  private func expectScores(
    _ architecture: SequenceArchitecture, _ tensors: [String: Tensor], _ kernels: KernelTable, _ input: [Float],
    within tolerance: Double
  ) throws {
    let network = StreamingNetwork(try FoldedSequenceNetwork(architecture, tensors: tensors), kernels: kernels)
    let expected = ReferenceNetwork(architecture: architecture, tensors: tensors).scores(input)
    let largest = expected.joined().map(abs).max() ?? 0
    let got = scores(network, input)
    #expect(got.count == expected.count)
    for (column, wanted) in zip(got, expected) {
      for (a, b) in zip(column, wanted) { #expect(abs(Double(a) - b) < tolerance * largest, "\(kernels.name)") }
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
