import DigitNetwork
import Files
import FoundationEssentials

/// Trains one network for each speaker of the Free Spoken Digit Dataset, from all recordings but that speaker's, and
/// puts the speaker's before it. What is done is kept in a folder: an interrupted run goes on from there.
public struct LeaveOneOut {
  public struct Progress: Sendable {
    /// The fold that is worked on, from 0.
    public var fold: Int
    public var folds: Int
    public var speaker: String
    public var step: Step
  }

  public enum Step: Sendable {
    case reading(done: Int, total: Int)
    case training(EnsembleTrainer.Progress)
    /// The fold is done; trained now, or found in the folder.
    case scored(LeaveOneOutReport.Fold)
  }

  public enum Result {
    case finished(LeaveOneOutReport)
    /// `shouldStop` said so while this speaker was left out.
    case stopped(speaker: String)
  }

  private let folders: [DataFolder]
  private let recipe: TrainingRecipe
  private let work: String
  private let command: String
  private let threads: Int
  private let trouble: ((ClipLoader.Trouble) -> Void)?
  /// In alphabetical order.
  public let speakers: [String]

  /// - Parameters:
  ///   - speakers: whom to leave out, one at a time; all of FSDD's if empty.
  ///   - work: the folder for checkpoints and the folds' models.
  ///   - command: what stands in the models as what they were made by.
  ///   - trouble: told of each recording with which something is wrong; without it the first of these ends it.
  /// - Throws: if one of `speakers` is no speaker of FSDD here, or FSDD is not in the folders.
  public init(
    folders: [DataFolder], speakers: [String] = [], recipe: TrainingRecipe, work: String, command: String,
    threads: Int = 2, trouble: ((ClipLoader.Trouble) -> Void)? = nil
  ) throws(DataError) {
    self.folders = folders
    self.trouble = trouble
    self.recipe = recipe
    self.work = work
    self.command = command
    self.threads = threads
    let known = Set(folders.flatMap(\.recordings).filter(Self.isScored).map(\.speaker))
    let names = folders.map(\.path).joined(separator: ", ")
    guard !known.isEmpty else {
      throw DataError(
        .noRecordings, "\(names): no recordings of the Free Spoken Digit Dataset, whose speakers are left out")
    }
    if let unknown = speakers.first(where: { !known.contains($0) }) {
      throw DataError(
        .unknownSpeaker,
        "\(names): '\(unknown)' is no speaker of FSDD (there are: \(known.sorted().joined(separator: ", ")))")
    }
    self.speakers = (speakers.isEmpty ? known : Set(speakers)).sorted()
  }

  private static func isScored(_ recording: Recording) -> Bool {
    if case .digit = recording.label { recording.source == "fsdd" } else { false }
  }

  public func run(report: @escaping @Sendable (Progress) -> Void, shouldStop: () -> Bool) throws -> Result {
    try Folder.make(work)
    var folds: [LeaveOneOutReport.Fold] = []
    for (index, speaker) in speakers.enumerated() {
      let tell: @Sendable (Step) -> Void = { [folds = speakers.count] step in
        report(Progress(fold: index, folds: folds, speaker: speaker, step: step))
      }
      guard let model = try model(without: speaker, tell: tell, shouldStop: shouldStop) else {
        return .stopped(speaker: speaker)
      }
      let fold = try score(model, on: speaker)
      folds.append(fold)
      tell(.scored(fold))
    }
    return .finished(
      LeaveOneOutReport(folds: folds, seed: recipe.seed, epochs: recipe.epochs, members: recipe.members))
  }

  /// The fold's model: the one in the folder, or one that is trained now; nil if that was stopped.
  private func model(
    without speaker: String, tell: @escaping @Sendable (Step) -> Void, shouldStop: () -> Bool
  ) throws -> DigitModel? {
    let path = "\(work)/\(speaker).safetensors"
    let notes = try notes(without: speaker)
    if FileManager.default.fileExists(atPath: path) {
      let model = try DigitModel(contentsOf: path)
      guard model.metadata.training.notes == notes else {
        throw DataError(
          .otherTraining,
          "\(path): this fold is of a training with another recipe or other data; remove it to begin anew")
      }
      return model
    }
    if shouldStop() { return nil }
    let data = try TrainingData(folders: folders, leavingOut: [speaker], threads: threads, trouble: trouble) {
      done, total in
      tell(.reading(done: done, total: total))
    }
    let trainer = try EnsembleTrainer(
      bank: try SoundBank(data.learned), recipe: recipe, checkpoint: "\(work)/\(speaker).checkpoint",
      threads: threads)
    guard case .finished(let weights) = try trainer.run(report: { tell(.training($0)) }, shouldStop: shouldStop) else {
      return nil
    }
    let model = try trainer.model(
      of: weights, data: data, name: "without \(speaker)", version: "1.0", command: command, notes: notes)
    try model.write(to: path)
    trainer.removeCheckpoints()
    return model
  }

  /// What tells one training from another: recipe, who is left out, and how much there is to learn from in which folders.
  private func notes(without speaker: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let recipe = String(decoding: try encoder.encode(recipe), as: UTF8.self)
    let data = folders.map { folder in
      "\(folder.path) (\(folder.recordings.count { $0.split == "train" && $0.speaker != speaker }))"
    }
    return "without \(speaker), from \(data.joined(separator: ", ")), \(recipe)"
  }

  private func score(_ model: DigitModel, on speaker: String) throws -> LeaveOneOutReport.Fold {
    var clips: [Clip] = []
    for folder in folders {
      let wanted = folder.recordings.filter { $0.speaker == speaker && Self.isScored($0) }
      clips += try ClipLoader.load(wanted, in: folder.path, threads: threads, trouble: trouble)
    }
    try model.metadata.refuseLearned(clips.map(\.recording))
    let outcomes = try Evaluator(model: model, threads: threads).outcomes(for: clips)
    let all = Evaluator.report(outcomes)
    let test = Evaluator.report(outcomes.filter { $0.recording.split == "test" })
    return LeaveOneOutReport.Fold(
      speaker: speaker, all: Proportion(all.right, of: all.total), test: Proportion(test.right, of: test.total),
      confusion: all.confusion)
  }
}
