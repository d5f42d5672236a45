import AudioInput
import DigitNetwork
import Foundation
import Synchronization
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite struct LeaveOneOutTests {
  /// A folder named as FSDD is: tones for digits, by two speakers, a take that is learned from and one that is not.
  static func folder(_ scratch: TemporaryFolder) throws -> DataFolder {
    let data = scratch.path("data")
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    for digit in 0..<10 {
      for (speaker, shift) in [("ann", 0), ("bob", 1)] {
        for take in [0, 10, 11] {
          let period = 4 + 3 * digit + shift
          let silence = [Float](repeating: 0, count: 800)
          let tone = (0..<2400 + 80 * take).map { ($0 / period) % 2 == 0 ? 0.3 : -0.3 as Float }
          try WAVWriter.write(
            silence + tone + silence, sampleRate: 8000, to: "\(data)/\(digit)_\(speaker)_\(take).wav")
        }
      }
    }
    return try DataFolder(data)
  }

  static let recipe: TrainingRecipe = {
    var recipe = TrainingRecipe()
    recipe.epochs = 2
    recipe.examplesPerEpoch = 16
    recipe.batch = 8
    return recipe
  }()

  static func trial(_ folder: DataFolder, work: String, recipe: TrainingRecipe = Self.recipe) throws -> LeaveOneOut {
    try LeaveOneOut(folders: [folder], recipe: recipe, work: work, command: "test", threads: 2)
  }

  @Test func eachSpeakerIsScoredByANetworkThatNeverHeardThem() throws {
    // Given two speakers
    let scratch = try TemporaryFolder()
    let folder = try Self.folder(scratch)
    let trial = try Self.trial(folder, work: scratch.path("folds"))
    #expect(trial.speakers == ["ann", "bob"])
    // When each is left out
    guard case .finished(let report) = try trial.run(report: { _ in }, shouldStop: { false }) else {
      Issue.record("it was not stopped")
      return
    }
    // Then all that each says is scored, and the test takes by themselves
    #expect(report.folds.map(\.speaker) == ["ann", "bob"])
    #expect(report.folds.allSatisfy { $0.all.total == 30 && $0.test.total == 10 })
    #expect(report.together.total == 60 && report.epochs == 2)
    #expect(report.cells.count == 4 && report.text.contains("test takes"))
    // By a network that says so itself
    let model = try DigitModel(contentsOf: scratch.path("folds/ann.safetensors"))
    #expect(model.metadata.training.learnedFrom.flatMap(\.speakers) == ["bob"])
    // And no checkpoint is left behind.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path("folds")).sorted() == [
        "ann.safetensors", "bob.safetensors",
      ])
  }

  @Test func anInterruptedRunGoesOnToTheSameFigures() throws {
    let scratch = try TemporaryFolder()
    let folder = try Self.folder(scratch)
    // Given a run that is stopped while the second network learns
    var asked = 0
    let stopped = try Self.trial(folder, work: scratch.path("folds")).run(
      report: { _ in },
      shouldStop: {
        asked += 1
        return asked > 8
      })
    guard case .stopped(let speaker) = stopped else {
      Issue.record("it was to be stopped")
      return
    }
    #expect(speaker == "bob")
    #expect(FileManager.default.fileExists(atPath: scratch.path("folds/bob.checkpoint")))
    // When the same is asked for again
    let steps = Mutex<[String: Int]>([:])
    let resumed = try Self.trial(folder, work: scratch.path("folds")).run(
      report: { progress in
        if case .training = progress.step { steps.withLock { $0[progress.speaker, default: 0] += 1 } }
      }, shouldStop: { false })
    let whole = try Self.trial(folder, work: scratch.path("whole")).run(report: { _ in }, shouldStop: { false })
    guard case .finished(let a) = resumed, case .finished(let b) = whole else {
      Issue.record("they were not stopped")
      return
    }
    // Then the first fold is not trained again, and the figures are those of a run without a break
    #expect(steps.withLock { $0["ann"] } == nil && steps.withLock { $0["bob"] } != nil)
    #expect(a == b)
    #expect(
      try Data(contentsOf: URL(filePath: scratch.path("folds/bob.safetensors")))
        == Data(contentsOf: URL(filePath: scratch.path("whole/bob.safetensors"))))
    // And a fold of another recipe is not taken for this one's.
    var other = Self.recipe
    other.peakRate = 1e-3
    let error = #expect(throws: DataError.self) {
      try Self.trial(folder, work: scratch.path("whole"), recipe: other).run(report: { _ in }, shouldStop: { false })
    }
    #expect(error?.description.contains("whole/ann.safetensors") == true)
  }

  @Test func speakersAreNamedWhenOneIsUnknown() throws {
    let scratch = try TemporaryFolder()
    let folder = try Self.folder(scratch)
    let error = #expect(throws: DataError.self) {
      try LeaveOneOut(folders: [folder], speakers: ["eve"], recipe: Self.recipe, work: "x", command: "")
    }
    #expect(error?.description.hasSuffix("'eve' is no speaker of FSDD (there are: ann, bob)") == true)
  }
}
