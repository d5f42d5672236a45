import DigitNetwork
import Testing
import Training

@Suite struct SequenceGradientTests {
  /// Small, but with everything that the shipped shape has: strides, a layer without a border, dilation, a residual sum.
  static let architecture = SequenceArchitecture(
    bands: 8, channels: 2,
    layers: [
      .init(2, 16, kernel: (3, 3), stride: (2, 2), lookahead: 1),
      .init(16, 16, kernel: (3, 4), lookahead: 1, padsBands: false),
      .init(16, 16, kernel: (3, 1), dilation: 2, lookahead: 0, isResidual: true),
    ],
    labels: 4, activities: 3)
  static let frames = 16
  static let count = 5

  private static func inputs(_ seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<count * frames * 8 * 2).map { _ in random.normal() }
  }

  /// A smooth loss: half the sum of (score − wanted)².
  private static func run(_ network: TrainableSequenceNetwork, _ inputs: [Float]) -> Double {
    let numbers = network.columns * architecture.outputs
    return inputs.withUnsafeBufferPointer { inputs in
      guard let inputs = inputs.baseAddress else { return .nan }
      return network.forwardBackward(inputs: inputs, count: count) { sample, scores, gradients in
        var loss = 0.0
        for i in 0..<numbers {
          let difference = scores[i] - Float((i * 7 + sample) % 5) / 4
          gradients[i] = difference
          loss += 0.5 * Double(difference) * Double(difference)
        }
        return loss
      }
    }
  }

  @Test(arguments: [1, 2]) func `every tensor's gradient is the slope of the loss`(_ threads: Int) {
    let network = TrainableSequenceNetwork(
      architecture: Self.architecture, frames: Self.frames, seed: 3, threads: threads)
    let inputs = Self.inputs(4)
    _ = Self.run(network, inputs)
    let gradients = network.gradientBuffer.values
    let parameters = network.parameterBuffer.values
    for entry in network.layout.parameters {
      // Along its own gradient the slope of the loss is the gradient's length: one difference checks a whole tensor.
      let length = entry.range.reduce(0.0) { $0 + Double(gradients[$1] * gradients[$1]) }.squareRoot()
      #expect(length > 1e-3, "\(entry.name) has no gradient to speak of")
      let step = 2e-3
      func loss(_ sign: Double) -> Double {
        var moved = parameters
        for i in entry.range { moved[i] += Float(sign * step * Double(gradients[i]) / length) }
        network.parameterBuffer.values = moved
        return Self.run(network, inputs)
      }
      let slope = (loss(1) - loss(-1)) / (2 * step)
      #expect(abs(slope - length) < 0.02 * length, "\(entry.name): \(slope), not \(length)")
    }
  }

  @Test func `the number of threads changes no bit`() {
    let results = [1, 2].map { threads in
      let network = TrainableSequenceNetwork(
        architecture: Self.architecture, frames: Self.frames, seed: 3, threads: threads)
      _ = Self.run(network, Self.inputs(4))
      return network.gradientBuffer.values
    }
    #expect(results[0] == results[1])
  }

  @Test func `the streaming network gives the scores of the trained one`() throws {
    let network = TrainableSequenceNetwork(
      architecture: Self.architecture, frames: Self.frames, seed: 3, threads: 1)
    let inputs = Self.inputs(4)
    // Some batches, so that the running statistics are those of something.
    for _ in 0..<30 { _ = Self.run(network, inputs) }
    let outputs = Self.architecture.outputs
    let expected = inputs.withUnsafeBufferPointer { inputs -> [Float] in
      guard let inputs = inputs.baseAddress else { return [] }
      let scores = network.evaluate(inputs: inputs, count: Self.count)
      return (0..<Self.count * network.columns * outputs).map { scores[$0] }
    }
    // The streaming network's weights are rounded where each is used once a frame.
    let largest = expected.map(abs).max() ?? 0
    let folded = try FoldedSequenceNetwork(Self.architecture, tensors: network.tensors())
    for kernels in KernelTable.usable {
      let streaming = StreamingNetwork(folded, kernels: kernels)
      var got: [Float] = []
      inputs.withUnsafeBufferPointer { inputs in
        guard let inputs = inputs.baseAddress else { return }
        for sample in 0..<Self.count {
          for frame in 0..<Self.frames {
            streaming.process(inputs + (sample * Self.frames + frame) * 16) { column in
              got += (0..<outputs).map { column[$0] }
            }
          }
          streaming.finish { column in got += (0..<outputs).map { column[$0] } }
        }
      }
      #expect(got.count == expected.count)
      #expect(zip(got, expected).allSatisfy { abs($0 - $1) < 1e-2 * largest }, "with \(kernels.name)")
    }
  }
}
