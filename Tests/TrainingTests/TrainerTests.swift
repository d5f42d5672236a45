import DigitNetwork
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite struct TrainerTests {
  static let recipe: TrainingRecipe = {
    var recipe = TrainingRecipe()
    recipe.seed = 5
    recipe.epochs = 3
    recipe.examplesPerEpoch = 32
    recipe.batch = 8
    // So that the network of an epoch's beginning chooses in the second one already.
    recipe.attempts.firstEpochs = 1
    return recipe
  }()

  /// Trains to the end and returns the weights.
  static func weights(
    _ bank: SoundBank, recipe: TrainingRecipe = Self.recipe, threads: Int = 2, checkpoint: String? = nil
  ) throws -> NetworkState? {
    let trainer = try Trainer(bank: bank, recipe: recipe, checkpoint: checkpoint, threads: threads)
    guard case .finished(let state) = try trainer.run(report: { _ in }, shouldStop: { false }) else { return nil }
    return state
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let bank = try SoundBank(TinyBank.clips())
    let first = try Self.weights(bank)
    #expect(first != nil)
    #expect(try Self.weights(bank) == first)
    var other = Self.recipe
    other.seed = 6
    #expect(try Self.weights(bank, recipe: other) != first)
  }

  @Test func anInterruptedTrainingEndsInTheSameBytes() throws {
    let bank = try SoundBank(TinyBank.clips())
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path("training.checkpoint")
    // Given a training stopped in the middle of its second epoch
    let trainer = try Trainer(bank: bank, recipe: Self.recipe, checkpoint: path)
    var asked = 0
    let stopped = try trainer.run(report: { _ in }) {
      asked += 1
      return asked > 6
    }
    guard case .stopped(step: 6) = stopped else {
      Issue.record("stopped elsewhere: \(stopped)")
      return
    }
    // When another process goes on from the file
    // Then it ends as one that was never stopped
    #expect(try Self.weights(bank, checkpoint: path) == Self.weights(bank))
  }

  @Test func theNetworkChoosesWhatItLearnsFrom() throws {
    let bank = try SoundBank(TinyBank.clips())
    var (one, late) = (Self.recipe, Self.recipe)
    one.attempts = .one
    late.attempts.firstEpochs = Self.recipe.epochs
    let first = try Self.weights(bank, recipe: one)
    #expect(try Self.weights(bank, recipe: late) == first, "it chose in the first epochs")
    #expect(try Self.weights(bank) != first, "it never chose")
  }

  @Test func aCheckpointOfAnotherTrainingIsRefused() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.path("training.checkpoint")
    let bank = try SoundBank(TinyBank.clips())
    _ = try Self.weights(bank, checkpoint: path)
    var other = Self.recipe
    other.peakRate = 1e-3
    let recipeError = #expect(throws: DataError.self) { try Trainer(bank: bank, recipe: other, checkpoint: path) }
    #expect(recipeError?.description.contains("another recipe") == true)
    let smaller = try SoundBank(Array(TinyBank.clips().dropLast()))
    let dataError = #expect(throws: DataError.self) {
      try Trainer(bank: smaller, recipe: Self.recipe, checkpoint: path)
    }
    #expect(dataError?.description.contains("another data") == true)
  }

  @Test func aTrainingFromAModelKeepsItsShape() throws {
    // Given a model of other convolutions than the standard ones
    var architecture = NetworkArchitecture.standard(classes: Augmenter.classes)
    architecture.convolutions.removeLast()
    let start = try TinyModel.make(seed: 9, architecture: architecture)
    var recipe = Self.recipe
    recipe.epochs = 1
    let trainer = try Trainer(bank: try SoundBank(TinyBank.clips()), recipe: recipe, start: start)
    // When it is trained on
    guard case .finished(let state) = try trainer.run(report: { _ in }, shouldStop: { false }) else {
      Issue.record("stopped")
      return
    }
    // Then as many weights come out as went in
    let weights = start.tensors.filter { !$0.key.contains("running") }.values.reduce(0) { $0 + $1.values.count }
    #expect(state.parameters.count == weights)
  }

  @Test func aModelWithoutAnEleventhClassIsNoStart() throws {
    let start = try TinyModel.make(architecture: .standard(classes: 10))
    let bank = try SoundBank(TinyBank.clips())
    let error = #expect(throws: TrainingEngineError.self) { try Trainer(bank: bank, recipe: Self.recipe, start: start) }
    #expect(error?.description.contains("it makes 10 classes") == true)
  }

  @Test func progressReachesItsEnd() throws {
    let trainer = try Trainer(bank: try SoundBank(TinyBank.clips()), recipe: Self.recipe)
    var epochs: [Int] = []
    var last: Trainer.Progress?
    _ = try trainer.run(
      report: { progress in
        if epochs.last != progress.epoch { epochs.append(progress.epoch) }
        last = progress
      }, shouldStop: { false })
    #expect(epochs == [1, 2, 3])
    #expect(last?.step == Self.recipe.steps)
    #expect(last?.loss.isFinite == true)
  }
}
