import DigitNetwork
import Foundation
import TestSupport
import Testing
import digitctl

/// A network whose kernels compute something else still hears digits: its scores show it.
@Suite(.enabled(if: Command.hasModel, "there is no model in Models/")) struct GoldenScoresTests {
  private static let sample = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path

  private static func model() throws -> SequenceModel { try SequenceModel(contentsOf: Command.model) }

  private static func scores(_ model: SequenceModel, _ kernels: KernelTable = .best) throws -> GoldenScores {
    try GoldenScores(model, path: Command.model, sample: sample, kernels: kernels)
  }

  @Test func `every instruction set computes the same, within what the kernels may be off`() throws {
    let model = try Self.model()
    let golden = try Self.scores(model)
    #expect(golden.scores.count == 32)
    for kernels in KernelTable.usable {
      let check = golden.check(try Self.scores(model, kernels), kernels: kernels.name)
      #expect(check.result == .good, "\(check.sentence)")
      #expect(check.sentence.contains("on this processor (\(kernels.name))"))
    }
  }

  @Test func `scores survive being written and read`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let golden = try Self.scores(try Self.model())
    let file = try folder.file("x.scores", Array(golden.text.utf8))
    let read = try GoldenScores(contentsOf: file)
    #expect(read.model == golden.model)
    #expect(try #require(golden.difference(from: read)) < 1e-4)
    for (text, fault) in [("", "names no model"), ("model a\n1 x\n", "“x” is not a score")] {
      let damaged = try folder.file("damaged.scores", Array(text.utf8))
      let error = #expect(throws: (any Error).self) { try GoldenScores(contentsOf: damaged) }
      #expect(error.map { "\($0)" } == "\(damaged): \(fault)")
    }
  }

  @Test func `a network that is a little off fails, and so does one that gives no numbers`() throws {
    let model = try Self.model()
    let golden = try Self.scores(model)
    for factor: Float in [1.02, .infinity] {
      // As a kernel would that multiplies wrongly
      var tensors = model.tensors
      let weights = try #require(tensors["fc.weight"])
      tensors["fc.weight"] = Tensor(shape: weights.shape, values: weights.values.map { $0 * factor })
      let check = golden.check(
        try Self.scores(try SequenceModel(metadata: model.metadata, tensors: tensors)), kernels: "SSE9")
      guard case .failed = check.result else {
        Issue.record("\(check.sentence)")
        continue
      }
      #expect(check.sentence.contains("computes other scores on this processor (SSE9) than it should: off by"))
    }
  }

  @Test func `scores of another model are not compared`() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let golden = try Self.scores(try Self.model())
    let other = try GoldenScores(contentsOf: try folder.file("x.scores", Array("model digits 0 00\n1 2\n".utf8)))
    let check = other.check(golden, kernels: "SSE2")
    #expect(check.result == .note)
    #expect(check.sentence == "not compared: those that lie here are of another model, digits 0 00")
  }
}
