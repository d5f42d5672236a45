import DigitNetwork
import FoundationEssentials
import TestSupport
import Testing

@Suite("The fast forward pass")
struct DigitClassifierTests {
  /// The largest difference to the reference, as a share of the largest logit.
  private func error(of logits: [Float], from reference: [Float]) -> Float {
    let largest = reference.reduce(0) { max($0, abs($1)) }
    return zip(logits, reference).reduce(0) { max($0, abs($1.0 - $1.1)) } / largest
  }

  private func expectAgreement(_ architecture: NetworkArchitecture, seed: UInt64) throws {
    let network = try FoldedNetwork(randomModel(architecture, seed: seed))
    var generator = SeededGenerator(seed: seed &+ 1000)
    for precision in [WeightPrecision.coarse, .fine] {
      let reference = ReferenceNetwork(network.rounded(precision))
      let spectrogram = generator.floats(architecture.input.bands * architecture.input.frames, in: -1...2)
      let expected = reference.logits(spectrogram)
      for kernels in KernelTable.usable {
        let logits = DigitClassifier(network, precision, kernels: kernels).logits(of: spectrogram)
        #expect(logits.count == architecture.classes)
        #expect(error(of: logits, from: expected) < 1e-5, "\(kernels.name), \(precision), \(architecture)")
      }
    }
  }

  @Test("It gives the reference's logits for the network that is shipped, on every kernel this processor runs")
  func standard() throws {
    try expectAgreement(.standard(classes: 11), seed: 20)
  }

  @Test(
    "Weights of 8 bits change its logits by less than a fiftieth of the largest, of 16 by less than a thousandth",
    arguments: [(WeightPrecision.coarse, 0.02 as Float), (.fine, 1e-3)])
  func rounding(precision: WeightPrecision, most: Float) throws {
    let network = try FoldedNetwork(randomModel(.standard(classes: 11), seed: 28))
    var generator = SeededGenerator(seed: 29)
    for _ in 0..<3 {
      let spectrogram = generator.floats(128 * 128, in: -1...2)
      let logits = DigitClassifier(network, precision).logits(of: spectrogram)
      #expect(error(of: logits, from: ReferenceNetwork(network).logits(spectrogram)) < most)
    }
  }

  @Test(
    "Weights that are zero, or next to nothing, or huge, are no trouble",
    arguments: [0, .leastNonzeroMagnitude, 1e-38, 1e30] as [Float])
  func extremeWeights(weight: Float) throws {
    let model = try randomModel(tinyArchitecture, seed: 30)
    var tensors = model.tensors
    let first = try #require(tensors["conv1.weight"])
    tensors["conv1.weight"] = Tensor(
      shape: first.shape, values: first.values.indices.map { $0 % 2 == 0 ? weight : -weight })
    let network = try FoldedNetwork(try DigitModel(metadata: model.metadata, tensors: tensors))
    let spectrogram = [Float](repeating: 1, count: 30)
    let expected = ReferenceNetwork(network.rounded()).logits(spectrogram)
    for kernels in KernelTable.usable {
      let logits = DigitClassifier(network, kernels: kernels).logits(of: spectrogram)
      #expect(error(of: logits, from: expected) < 1e-3)
    }
  }

  @Test(
    "It gives the reference's logits for odd shapes",
    arguments: [
      // Fewer pixels than a group, one channel too many for a panel, even kernels, kernels wider than the input,
      // strides wider than the kernel, a last layer with a border's worth of nothing.
      architecture((1, 1), [convolution(1, 1, (1, 1), (1, 1))], classes: 1),
      architecture((1, 5), [convolution(1, 17, (1, 5), (1, 1))], classes: 2),
      architecture((7, 1), [convolution(1, 3, (5, 1), (2, 3))], classes: 12),
      architecture((2, 2), [convolution(1, 16, (7, 7), (1, 1)), convolution(16, 33, (5, 5), (1, 1))], classes: 3),
      architecture((9, 11), [convolution(1, 5, (2, 4), (1, 2)), convolution(5, 20, (4, 2), (3, 1))], classes: 4),
      architecture((13, 13), [convolution(1, 31, (3, 3), (5, 4)), convolution(31, 1, (1, 1), (1, 1))], classes: 40),
      architecture((5, 5), [convolution(1, 2, (5, 5), (1, 1))], classes: 7),
      tinyEnsemble, architecture((5, 7), [convolution(1, 17, (3, 3), (1, 2))], classes: 2, members: 2),
    ])
  func oddShapes(architecture: NetworkArchitecture) throws {
    try expectAgreement(architecture, seed: 21)
  }

  @Test("It gives the reference's logits for every number of output pixels from 1 to 24", arguments: 1...24)
  func everyRemainder(frames: Int) throws {
    try expectAgreement(
      architecture((2, frames), [convolution(1, 4, (3, 5), (2, 1)), convolution(4, 18, (1, 3), (1, 1))], classes: 3),
      seed: 22)
  }

  @Test("It gives the reference's logits for random architectures")
  func randomShapes() throws {
    var generator = SeededGenerator(seed: 23)
    func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }
    for seed in 0..<60 as Range<UInt64> {
      var convolutions: [NetworkArchitecture.Convolution] = []
      for _ in 0..<number(1...4) {
        convolutions.append(
          convolution(
            convolutions.last?.outputChannels ?? 1, number(1...40), (number(1...6), number(1...6)),
            (number(1...4), number(1...4))))
      }
      try expectAgreement(
        architecture(
          (number(1...20), number(1...20)), convolutions, classes: number(1...13), members: number(1...3)),
        seed: seed)
    }
  }

  /// Set by check-kernels.sh, which emulates processors and knows what each has.
  private static let expectedKernels = ProcessInfo.processInfo.environment["DIGITD_EXPECTED_KERNELS"]

  @Test("The kernels are chosen by what the processor has", .enabled(if: expectedKernels != nil))
  func choice() throws {
    let network = try FoldedNetwork(randomModel(tinyArchitecture, seed: 27))
    #expect(DigitClassifier(network).kernelsName == Self.expectedKernels)
  }

  @Test("What was classified before leaves no trace")
  func stateless() throws {
    let architecture = NetworkArchitecture.standard(classes: 11)
    let network = try FoldedNetwork(randomModel(architecture, seed: 24))
    var generator = SeededGenerator(seed: 25)
    let (first, second) = (generator.floats(128 * 128), generator.floats(128 * 128, in: -1e6...1e6))

    let used = DigitClassifier(network)
    let before = used.logits(of: first)
    _ = used.logits(of: second)

    #expect(used.logits(of: first) == before)
    #expect(DigitClassifier(network).logits(of: first) == before)
  }

  @Test(
    "A spectrogram that is not finite gives logits that are not, rather than a guess",
    arguments: [Float.nan, .infinity])
  func notFinite(value: Float) throws {
    let network = try FoldedNetwork(randomModel(.standard(classes: 11), seed: 26))
    var spectrogram = [Float](repeating: 0, count: 128 * 128)
    spectrogram[64 * 128 + 64] = value
    for kernels in KernelTable.usable {
      let logits = DigitClassifier(network, kernels: kernels).logits(of: spectrogram)
      #expect(logits.contains { !$0.isFinite })
    }
  }
}
