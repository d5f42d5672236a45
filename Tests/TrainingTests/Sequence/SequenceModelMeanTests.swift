import DigitNetwork
import TestSupport
import Testing
import Training

@Suite struct SequenceModelMeanTests {
  @Test func `a model between two has weights between theirs, and the words of the second`() throws {
    let first = try SevenModel.make()
    let doubled = first.tensors.mapValues { Tensor(shape: $0.shape, values: $0.values.map { 2 * $0 }) }
    let second = try SequenceModel(metadata: first.metadata, tensors: doubled)
    let between = try first.between(second, share: 0.25)
    for (name, tensor) in between.tensors {
      let own = try #require(first.tensors[name])
      for (value, start) in zip(tensor.values, own.values) { #expect(abs(value - 1.25 * start) < 1e-5) }
    }
    #expect(between.metadata.labels == second.metadata.labels)
    #expect(try first.between(second, share: 0).tensors == first.tensors)
    #expect(try first.between(second, share: 1).tensors == second.tensors)
  }

  @Test func `models of different shapes have no mean`() throws {
    let (first, second) = (try SevenModel.make(), try SevenModel.make(lateness: 4))
    #expect(throws: ModelError.self) { try first.between(second, share: 0.5) }
  }
}
