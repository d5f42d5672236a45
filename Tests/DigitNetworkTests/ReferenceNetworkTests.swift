import DigitNetwork
import FoundationEssentials
import Testing

@Suite("The reference forward pass")
struct ReferenceNetworkTests {
  @Test("A model file from Python gives the logits that SciPy computes")
  func golden() throws {
    let file = try #require(Data(base64Encoded: GoldenModel.file, options: .ignoreUnknownCharacters))
    let model = try DigitModel(bytes: [UInt8](file))

    let logits = try ReferenceNetwork(FoldedNetwork(model)).logits(GoldenModel.spectrogram)

    try #require(logits.count == GoldenModel.logits.count)
    for (logit, expected) in zip(logits, GoldenModel.logits) { #expect(abs(logit - expected) < 2e-6) }
  }

  @Test("A convolution of stride 1 with a single one in its kernel moves the input")
  func identity() throws {
    // Given a 3×3 kernel whose only weight looks one frame back, statistics that change nothing, and a head that
    // picks each band's mean
    let shape = architecture((2, 4), [convolution(1, 1, (3, 3), (1, 1))], classes: 2)
    let unit = 1 + NetworkArchitecture.batchNormEpsilon
    let tensors = [
      "conv1.weight": Tensor(shape: [1, 1, 3, 3], values: [0, 0, 0, 1, 0, 0, 0, 0, 0]),
      "bn1.weight": Tensor(shape: [1], values: [unit.squareRoot()]),
      "bn1.bias": Tensor(shape: [1], values: [0]),
      "bn1.running_mean": Tensor(shape: [1], values: [0]),
      "bn1.running_var": Tensor(shape: [1], values: [1]),
      "fc.weight": Tensor(shape: [2, 2], values: [1, 0, 0, 1]),
      "fc.bias": Tensor(shape: [2], values: [0, 10]),
    ]
    let model = try DigitModel(metadata: metadata(shape), tensors: tensors)

    // When
    let logits = try ReferenceNetwork(FoldedNetwork(model)).logits([1, 2, 3, 4, -8, 8, -8, 8])

    // Then the last frame has left and the negative ones are gone: (0 + 1 + 2 + 3) / 4, (0 + 0 + 8 + 0) / 4
    #expect(abs(logits[0] - 1.5) < 1e-5)
    #expect(abs(logits[1] - 12) < 1e-5)
  }

  @Test("Folding refuses a scale that single precision cannot hold")
  func overflow() throws {
    var tensors = randomTensors(tinyArchitecture, seed: 11)
    tensors["bn2.weight"] = Tensor(shape: [3], values: [1, 3e38, 1])
    tensors["bn2.running_var"] = Tensor(shape: [3], values: [1, 0, 1])
    let model = try DigitModel(metadata: metadata(tinyArchitecture), tensors: tensors)
    #expect(throws: ModelError(field: "bn2", problem: "scales its convolution beyond single precision")) {
      try FoldedNetwork(model)
    }
  }
}
