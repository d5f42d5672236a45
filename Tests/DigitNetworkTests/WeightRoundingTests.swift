import DigitNetwork
import TestSupport
import Testing

@Suite("Weights rounded to 8 bits")
struct WeightRoundingTests {
  private static func tensors(seed: UInt64) throws -> [String: Tensor] {
    try randomModel(.standard(classes: 11), seed: seed).tensors
  }

  @Test("No weight is further from what it was than half a step of its channel's 127")
  func error() throws {
    let before = try Self.tensors(seed: 50)
    for (name, after) in Tensor.rounded(before) {
      let tensor = try #require(before[name])
      #expect(after.shape == tensor.shape)
      guard name.hasPrefix("conv") else {
        #expect(after == tensor, "\(name)")
        continue
      }
      let count = tensor.values.count / tensor.shape[0]
      for first in stride(from: 0, to: tensor.values.count, by: count) {
        let channel = first..<first + count
        let largest = tensor.values[channel].reduce(0) { max($0, abs($1)) }
        let furthest = channel.reduce(0) { max($0, abs(tensor.values[$1] - after.values[$1])) }
        #expect(furthest <= largest / 254 * 1.001)
        #expect(furthest > 0, "random weights are no whole numbers")
        #expect(Set(after.values[channel].map { ($0 * 127 / largest).rounded() }).count <= 255)
      }
    }
  }

  @Test("Rounded again they are the same, and so are the logits")
  func twice() throws {
    let model = try randomModel(.standard(classes: 11), seed: 51)
    let once = Tensor.rounded(model.tensors)
    #expect(Tensor.rounded(once) == once)
    let rounded = try DigitModel(metadata: model.metadata, tensors: once)
    var generator = SeededGenerator(seed: 52)
    let spectrogram = generator.floats(128 * 128, in: -1...2)
    let (before, after) = try (
      DigitClassifier(model).logits(of: spectrogram), DigitClassifier(rounded).logits(of: spectrogram)
    )
    let reference = try ReferenceNetwork(FoldedNetwork(rounded)).logits(spectrogram)
    let largest = reference.reduce(0) { max($0, abs($1)) }
    for c in reference.indices {
      #expect(abs(after[c] - before[c]) < 1e-5 * largest)
      #expect(abs(after[c] - reference[c]) < 1e-5 * largest, "who does not round has the same weights")
    }
  }
}
