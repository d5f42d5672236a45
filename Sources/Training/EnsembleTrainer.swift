import DigitNetwork
import FoundationEssentials

/// Trains the networks of an ensemble one after the other, each as if it were the only one: the first with the recipe's
/// seed, every other with the seed after. What they answer together is the mean of their logits: networks that learned
/// the same from other beginnings agree on what they know and differ in what they guess (B. Lakshminarayanan, A. Pritzel
/// and C. Blundell, "Simple and scalable predictive uncertainty estimation using deep ensembles", 2017).
public struct EnsembleTrainer {
  /// How far a training is.
  public struct Progress: Sendable {
    /// The network that is worked on, from 1.
    public var member: Int
    public var members: Int
    public var training: Trainer.Progress

    /// Of all the work, 0 to 1.
    public var share: Double {
      (Double(member - 1) + Double(training.step) / Double(training.steps)) / Double(members)
    }

    public var secondsLeft: Double {
      Double(training.steps * (members - member + 1) - training.step) / training.stepsPerSecond
    }

    /// Whether an epoch has just ended.
    public var endsEpoch: Bool { training.step * training.epochs % training.steps == 0 }
  }

  public enum Result {
    /// The weights by name, as a model file has them.
    case finished([String: Tensor])
    /// `shouldStop` said so in this step of this member; the checkpoints, if asked for, hold all that was done.
    case stopped(member: Int, step: Int)
  }

  private let bank: SoundBank
  private let recipe: TrainingRecipe
  private let checkpoint: String?
  private let starts: [DigitModel]
  private let teachers: Teachers
  private let older: DigitModel?
  private let threads: Int

  /// - Parameters:
  ///   - checkpoint: where to save, see `Trainer`; of several networks each has a file, numbered after this name.
  ///   - start: a model whose shape and weights to begin with; it says how many networks there are, in place of the recipe.
  ///   - teachers: whose answers to learn from beside the labels.
  ///   - older: a finished model whose networks answer beside the new ones, each for as much.
  /// - Throws: `ModelError` if `start` cannot be taken apart, `TrainingEngineError` if `older` is of another shape or hears
  ///   otherwise.
  public init(
    bank: SoundBank, recipe: TrainingRecipe, checkpoint: String? = nil, start: DigitModel? = nil,
    teachers: Teachers = .none, beside older: DigitModel? = nil, threads: Int = 2
  ) throws {
    self.bank = bank
    self.checkpoint = checkpoint
    self.teachers = teachers
    self.older = older
    self.threads = threads
    starts = try start?.members ?? []
    var recipe = recipe
    if start != nil { recipe.members = starts.count }
    self.recipe = recipe
    if let older { try Self.requireFits(older, beside: architecture, features: recipe.features.dictionary) }
  }

  /// That of the new networks together.
  private var architecture: NetworkArchitecture {
    var architecture = starts.first?.metadata.architecture ?? .standard(classes: Augmenter.classes)
    architecture.members = recipe.members
    return architecture
  }

  private static func requireFits(
    _ older: DigitModel, beside ours: NetworkArchitecture, features: [String: Double]
  ) throws {
    let theirs = older.metadata.architecture
    guard theirs.input == ours.input, theirs.classes == ours.classes, theirs.convolutions == ours.convolutions,
      older.metadata.features == features
    else {
      throw TrainingEngineError.architecture(
        "the networks of '\(older.metadata.name)' are of another shape, or hear through another front end, than those "
          + "they should answer beside")
    }
    guard NetworkArchitecture.memberCounts.contains(theirs.members + ours.members) else {
      throw TrainingEngineError.architecture(
        "a model has at most \(NetworkArchitecture.memberCounts.upperBound) networks")
    }
  }

  /// Trains to the end, or until `shouldStop`.
  ///
  /// - Parameter report: see `Trainer`.
  /// - Throws: if a checkpoint there is of another training, or `start` has other inputs or classes than the examples.
  public func run(report: (Progress) -> Void, shouldStop: () -> Bool) throws -> Result {
    var members: [[String: Tensor]] = []
    for member in 1...recipe.members {
      let trainer = try Trainer(
        bank: bank, recipe: recipe.ofMember(member), checkpoint: checkpointPath(of: member),
        start: starts.isEmpty ? nil : starts[member - 1], teachers: teachers, threads: threads)
      let result = try trainer.run(
        report: { report(Progress(member: member, members: recipe.members, training: $0)) }, shouldStop: shouldStop)
      switch result {
      case .stopped(let step): return .stopped(member: member, step: step)
      case .finished(let state): members.append(trainer.tensors(of: state))
      }
    }
    return .finished(DigitModel.joined(members))
  }

  /// The model that a finished training gives, its calibration fitted to what it did not learn from.
  public func model(
    of tensors: [String: Tensor], data: TrainingData, name: String, version: String, command: String,
    notes: String = ""
  ) throws -> DigitModel {
    var architecture = architecture
    var sources = teachers.sources(beside: data.sources)
    var notes = notes
    if let older {
      let training = older.metadata.training
      sources = sources.adding(training.learnedFrom)
      notes += (notes.isEmpty ? "" : "; ") + "beside '\(older.metadata.name)', made by: \(training.command)"
    }
    func model(_ tensors: [String: Tensor]) throws -> DigitModel {
      try DigitModel(
        architecture: architecture, tensors: Tensor.rounded(tensors), recipe: recipe, name: name, version: version,
        sources: sources, command: command, notes: notes)
    }
    var raw = try model(tensors)
    if let older {
      let all = try older.members + raw.members
      architecture.members = all.count
      raw = try model(DigitModel.joined(all.map(\.tensors)))
    }
    var metadata = raw.metadata
    metadata.calibration = .fitted(to: try Evaluator(model: raw).outcomes(for: data.chosenBy))
    return try DigitModel(metadata: metadata, tensors: raw.tensors)
  }

  /// To be called when the model is written: nothing is to be gone on from.
  public func removeCheckpoints() {
    for path in (1...recipe.members).compactMap(checkpointPath) { try? FileManager.default.removeItem(atPath: path) }
  }

  /// Where the `member`th network (from 1) is saved, if anywhere.
  public func checkpointPath(of member: Int) -> String? {
    checkpoint.map { recipe.members == 1 ? $0 : "\($0)-\(member)" }
  }
}

extension TrainingRecipe {
  /// That of the `member`th network (from 1): what it would be trained by if it were the only one.
  package func ofMember(_ member: Int) -> TrainingRecipe {
    var own = self
    own.members = 1
    own.seed = seed &+ UInt64(member - 1)
    return own
  }
}
