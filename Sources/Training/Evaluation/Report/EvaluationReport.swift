import DigitNetwork

/// All that an evaluation found: what `report.json` holds and the page shows.
public struct EvaluationReport: Sendable, Codable {
  /// The model that was put to the test.
  public struct Model: Sendable, Equatable, Codable {
    public var name: String
    public var version: String
    /// What it was made by.
    public var command: String
    public var seed: UInt64
    public var epochs: Int
    /// A digit is told from this confidence on.
    public var threshold: Double

    public init(_ model: DigitModel) {
      let metadata = model.metadata
      name = metadata.name
      version = metadata.version
      command = metadata.training.command
      seed = metadata.training.seed
      epochs = metadata.training.epochs
      threshold = model.threshold
    }
  }

  /// What became of one split.
  public struct Split: Sendable, Codable {
    public var name: String
    public var summary: EvaluationSummary
  }

  public var model: Model
  /// What the report was made by.
  public var command: String
  public var splits: [Split] = []
  public var reliability: Reliability?
  public var noise: NoiseTable?
  public var speech: SpeechReport?
  public var streams: [StreamSweep] = []
  public var leaveOneOut: LeaveOneOutReport?
  /// Shown on the page, not told in the file of figures.
  public var mistakes: [Mistake] = []

  enum CodingKeys: String, CodingKey {
    case model, command, splits, reliability, noise, speech, streams
    case leaveOneOut = "leave_one_out"
  }

  public init(model: DigitModel, command: String) {
    self.model = Model(model)
    self.command = command
  }

  /// Takes in what was heard, split by split, with the worst mistakes of them all.
  ///
  /// - Parameter heard: name, recordings and, in the same order, what became of them. A recording may be in several.
  public mutating func add(
    _ heard: [(split: String, clips: [Clip], outcomes: [Outcome])], mistakes count: Int = 6
  ) throws {
    splits += heard.map { Split(name: $0.split, summary: EvaluationSummary($0.outcomes)) }
    var known = Set<String>()
    var (clips, outcomes): ([Clip], [Outcome]) = ([], [])
    for part in heard {
      for (clip, outcome) in zip(part.clips, part.outcomes) where known.insert(clip.recording.path).inserted {
        clips.append(clip)
        outcomes.append(outcome)
      }
    }
    // Of strangers where there are any: FSDD's speakers, whom the model knows, are many, and it is sure of them.
    reliability = Reliability(heard.first { $0.split == "validate" }?.outcomes ?? outcomes)
    mistakes = try Mistake.worst(of: outcomes, clips: clips, count: count)
  }
}
