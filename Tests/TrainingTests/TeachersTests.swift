import DigitNetwork
import Foundation
import SpeechFeatures
import TestSupport
import Testing
import Training

@Suite("Teachers") struct TeachersTests {
  private static let features = FeatureParameters.standard.dictionary

  private static func softmax(_ logits: [Float]) -> [Float] {
    let powers = logits.map { exp(Double($0)) }
    let sum = powers.reduce(0, +)
    return powers.map { Float($0 / sum) }
  }

  @Test(
    "A target moves by the share towards the softmax of the teachers' mean logits", arguments: [0, 0.7, 1] as [Float])
  func correction(share: Float) throws {
    let models = try [TinyModel.make(seed: 1), TinyModel.make(seed: 2)]
    let panel = try #require(try Teachers(models, features: Self.features).panel())
    let image = (0..<128 * 128).map { Float($0 % 17) / 17 }
    var target = [Float](repeating: 0, count: Augmenter.classes)
    target[3] = 1
    let answers = try models.map { try DigitClassifier($0, .fine).logits(of: image) }
    let wanted = Self.softmax(zip(answers[0], answers[1]).map { ($0 + $1) / 2 })

    target.withUnsafeMutableBufferPointer { target in
      image.withUnsafeBufferPointer { image in
        guard let target = target.baseAddress, let image = image.baseAddress else { return }
        panel.correct(target, of: image, share: share)
      }
    }

    for k in target.indices {
      let label: Float = k == 3 ? 1 : 0
      #expect(abs(target[k] - (label + share * (wanted[k] - label))) < 1e-5)
    }
  }

  @Test("Nobody teaches where there are no teachers")
  func none() { #expect(Teachers.none.panel() == nil) }

  @Test("A teacher of other classes, or with another front end, is refused")
  func misfits() throws {
    let ten = try TinyModel.make(architecture: .standard(classes: 10))
    let classes = #expect(throws: TrainingEngineError.self) { try Teachers([ten], features: Self.features) }
    #expect(classes?.description.contains("makes 10 classes") == true)
    var other = Self.features
    other["hop"] = 80
    let frontEnd = #expect(throws: TrainingEngineError.self) { try Teachers([try TinyModel.make()], features: other) }
    #expect(frontEnd?.description.contains("another front end") == true)
  }

  @Test("What a teacher alone has heard counts as heard; what both have, once")
  func sources() throws {
    func source(_ name: String, _ speakers: [String]) -> ModelMetadata.Source {
      ModelMetadata.Source(
        source: name, split: "train", speakers: speakers, recordings: 1, seconds: 1, licence: "CC0-1.0")
    }
    let teacher = try TinyModel.make(sources: [source("a", ["x"]), source("a", ["x", "z"]), source("b", ["y"])])
    let teachers = try Teachers([teacher, teacher], features: Self.features)
    let all = teachers.sources(beside: [source("a", ["x", "y"])])
    #expect(all == [source("a", ["x", "y"]), source("a", ["x", "z"]), source("b", ["y"])])
  }

  @Test("A network that is taught learns other weights, the same ones each time")
  func training() throws {
    let bank = try SoundBank(TinyBank.clips())
    var recipe = TrainerTests.recipe
    recipe.epochs = 1
    let teachers = try Teachers([try TinyModel.make(seed: 3)], features: Self.features)
    func state(_ teachers: Teachers) throws -> NetworkState? {
      let trainer = try Trainer(bank: bank, recipe: recipe, teachers: teachers, threads: 1)
      guard case .finished(let state) = try trainer.run(report: { _ in }, shouldStop: { false }) else { return nil }
      return state
    }
    let taught = try state(teachers)
    #expect(taught != nil)
    #expect(try state(teachers) == taught)
    #expect(try state(.none) != taught)
  }

  @Test("A checkpoint of a training with other teachers is refused")
  func checkpoint() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path("training.checkpoint")
    let bank = try SoundBank(TinyBank.clips())
    var recipe = TrainerTests.recipe
    recipe.epochs = 1
    let trainer = try Trainer(bank: bank, recipe: recipe, checkpoint: path)
    _ = try trainer.run(report: { _ in }, shouldStop: { false })
    let teachers = try Teachers([try TinyModel.make()], features: Self.features)
    let error = #expect(throws: DataError.self) {
      try Trainer(bank: bank, recipe: recipe, checkpoint: path, teachers: teachers)
    }
    #expect(error?.description.contains("another teacher") == true)
  }
}
