import DigitNetwork
import TestSupport
import Testing

@Suite("Networks side by side")
struct DigitModelMembersTests {
  private static func ensemble() throws -> (members: [DigitModel], joined: DigitModel) {
    let members = try (40..<43 as Range<UInt64>).map { try randomModel(tinyArchitecture, seed: $0) }
    let joined = try DigitModel(metadata: metadata(tinyEnsemble), tensors: DigitModel.joined(members.map(\.tensors)))
    return (members, joined)
  }

  private static func logits(_ model: DigitModel, _ spectrogram: [Float]) throws -> [Float] {
    try ReferenceNetwork(FoldedNetwork(model)).logits(spectrogram)
  }

  @Test("They answer with the mean of their logits")
  func mean() throws {
    let (members, joined) = try Self.ensemble()
    var generator = SeededGenerator(seed: 44)
    let spectrogram = generator.floats(30)
    let single = try members.map { try Self.logits($0, spectrogram) }
    for (c, logit) in try Self.logits(joined, spectrogram).enumerated() {
      #expect(abs(logit - single.reduce(0) { $0 + $1[c] } / 3) < 1e-5)
    }
  }

  @Test("Taken apart, each is the network that it was but for the bias, and joined again they are the same model")
  func apart() throws {
    let (members, joined) = try Self.ensemble()
    let parts = try joined.members
    #expect(parts.count == 3 && parts.allSatisfy { $0.metadata.architecture == tinyArchitecture })
    for (part, member) in zip(parts, members) {
      for (name, tensor) in member.tensors where !name.hasPrefix("fc.") { #expect(part.tensors[name] == tensor) }
      let weights = try (#require(part.tensors["fc.weight"]), #require(member.tensors["fc.weight"]))
      #expect(weights.0.shape == weights.1.shape)
      #expect(zip(weights.0.values, weights.1.values).allSatisfy { abs($0 - $1) < 1e-6 })
    }
    let again = DigitModel.joined(parts.map(\.tensors))
    for (name, tensor) in joined.tensors {
      let values = try #require(again[name])
      #expect(values.shape == tensor.shape)
      #expect(zip(values.values, tensor.values).allSatisfy { abs($0 - $1) < 1e-6 }, "\(name)")
    }
  }

  @Test("One network is its own only member")
  func single() throws {
    let model = try randomModel(tinyArchitecture, seed: 45)
    #expect(try model.members == [model])
    #expect(DigitModel.joined([model.tensors]) == model.tensors)
  }

  @Test("The file keeps their number, and says nothing of it where there is one")
  func file() throws {
    let joined = try Self.ensemble().joined
    #expect(try DigitModel(bytes: joined.bytes()) == joined)
    func architecture(_ model: DigitModel) throws -> String? {
      try Safetensors(bytes: model.bytes()).metadata["architecture"]
    }
    #expect(try architecture(joined)?.contains("\"members\":3") == true)
    #expect(try architecture(randomModel(tinyArchitecture, seed: 46))?.contains("members") == false)
  }

  @Test("A number of networks that nobody has is refused", arguments: [-1, 0, 17, .max])
  func wrongNumber(members: Int) throws {
    var architecture = tinyArchitecture
    architecture.members = members
    #expect(throws: ModelError(field: "architecture", problem: "has \(members) members, which is not within 1 to 16")) {
      try architecture.validate()
    }
  }
}
