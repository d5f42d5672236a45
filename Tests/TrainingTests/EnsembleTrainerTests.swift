import DigitNetwork
import FoundationEssentials
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite struct EnsembleTrainerTests {
  static let recipe: TrainingRecipe = {
    var recipe = TrainerTests.recipe
    recipe.members = 2
    return recipe
  }()

  static func weights(_ trainer: EnsembleTrainer) throws -> [String: Tensor]? {
    guard case .finished(let weights) = try trainer.run(report: { _ in }, shouldStop: { false }) else { return nil }
    return weights
  }

  /// What a training of its own with `seed` gives.
  static func single(_ bank: SoundBank, seed: UInt64) throws -> [String: Tensor] {
    var recipe = TrainerTests.recipe
    recipe.seed = seed
    return try #require(try weights(EnsembleTrainer(bank: bank, recipe: recipe)))
  }

  @Test func eachNetworkIsWhatItsSeedGivesAlone() throws {
    let bank = try SoundBank(TinyBank.clips())
    let both = try Self.weights(EnsembleTrainer(bank: bank, recipe: Self.recipe))
    let seed = Self.recipe.seed
    #expect(both == DigitModel.joined([try Self.single(bank, seed: seed), try Self.single(bank, seed: seed + 1)]))
  }

  @Test func aTrainingThatWasStoppedInItsSecondNetworkDoesNotTrainTheFirstAgain() throws {
    let bank = try SoundBank(TinyBank.clips())
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path("training.checkpoint")
    let trainer = try EnsembleTrainer(bank: bank, recipe: Self.recipe, checkpoint: path)
    // Given a training that is stopped in the third step of its second network
    var asked = 0
    let stopped = try trainer.run(report: { _ in }) {
      asked += 1
      return asked > Self.recipe.steps + 2
    }
    guard case .stopped(member: 2, step: 2) = stopped else {
      Issue.record("stopped elsewhere: \(stopped)")
      return
    }
    // When another process goes on
    var seen: [Int] = []
    let resumed = try EnsembleTrainer(bank: bank, recipe: Self.recipe, checkpoint: path).run(
      report: { if seen.last != $0.member { seen.append($0.member) } }, shouldStop: { false })
    guard case .finished(let weights) = resumed else {
      Issue.record("it was not stopped again")
      return
    }
    // Then the second alone is worked on, and it ends as if nothing had happened
    #expect(seen == [2])
    #expect(try weights == Self.weights(EnsembleTrainer(bank: bank, recipe: Self.recipe)))
    // And its files can be taken away.
    #expect((1...2).allSatisfy { FileManager.default.fileExists(atPath: "\(path)-\($0)") })
    trainer.removeCheckpoints()
    #expect(!(1...2).contains { FileManager.default.fileExists(atPath: "\(path)-\($0)") })
  }

  @Test func anEnsembleIsTrainedOnAsOne() throws {
    var architecture = NetworkArchitecture.standard(classes: Augmenter.classes)
    architecture.convolutions.removeLast(3)
    let members = try (1...2 as ClosedRange<UInt64>).map { try TinyModel.make(seed: $0, architecture: architecture) }
    architecture.members = 2
    var metadata = members[0].metadata
    metadata.architecture = architecture
    let start = try DigitModel(metadata: metadata, tensors: DigitModel.joined(members.map(\.tensors)))
    var recipe = TrainerTests.recipe
    recipe.epochs = 1
    // Whatever the recipe says: there are as many as there were
    let trainer = try EnsembleTrainer(bank: try SoundBank(TinyBank.clips()), recipe: recipe, start: start)
    let weights = try #require(try Self.weights(trainer))
    #expect(weights.mapValues(\.shape) == start.tensors.mapValues(\.shape))
    #expect(weights != start.tensors)
    // And the model that they give says so, with the weights as they are used.
    let scratch = try TemporaryFolder()
    let data = try TrainingData(folders: [LeaveOneOutTests.folder(scratch)])
    let model = try trainer.model(of: weights, data: data, name: "both", version: "1", command: "test")
    #expect(model.metadata.architecture == architecture)
    #expect(model.tensors == Tensor.rounded(weights) && model.tensors != weights)
  }

  @Test func theNetworksOfAFinishedModelAnswerBesideTheNewOne() throws {
    var architecture = NetworkArchitecture.standard(classes: Augmenter.classes)
    architecture.convolutions.removeLast(3)
    let older = try TinyModel.make(seed: 1, architecture: architecture)
    let start = try TinyModel.make(seed: 2, architecture: architecture)
    let bank = try SoundBank(TinyBank.clips())
    let trainer = try EnsembleTrainer(bank: bank, recipe: TrainerTests.recipe, start: start, beside: older)
    let scratch = try TemporaryFolder()
    let data = try TrainingData(folders: [LeaveOneOutTests.folder(scratch)])
    let model = try trainer.model(of: start.tensors, data: data, name: "both", version: "1", command: "test")
    // Then both are in it, the older first, with the weights as they are used
    #expect(model.metadata.architecture.members == 2)
    #expect(model.tensors == Tensor.rounded(DigitModel.joined([older.tensors, Tensor.rounded(start.tensors)])))
    // And one of another shape is refused before anything is learned.
    let another = try TinyModel.make(seed: 1)
    #expect(another.metadata.architecture.convolutions != architecture.convolutions)
    #expect(throws: TrainingEngineError.self) {
      try EnsembleTrainer(bank: bank, recipe: TrainerTests.recipe, start: start, beside: another)
    }
  }

  @Test func progressIsOfAllTheWork() throws {
    let trainer = try EnsembleTrainer(bank: try SoundBank(TinyBank.clips()), recipe: Self.recipe)
    var (last, shares, epochs) = (nil as EnsembleTrainer.Progress?, [Double](), 0)
    var leftAfterTheFirst = 0.0
    _ = try trainer.run(
      report: {
        last = $0
        shares.append($0.share)
        if $0.endsEpoch { epochs += 1 }
        if $0.member == 1 { leftAfterTheFirst = $0.secondsLeft }
      }, shouldStop: { false })
    #expect(shares == shares.sorted() && shares.last == 1)
    #expect(last?.member == 2 && last?.secondsLeft == 0 && leftAfterTheFirst > 0)
    #expect(epochs == 2 * Self.recipe.epochs)
  }
}
