import DigitNetwork
import Recognition

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
    /// A digit is told from this score on, and this is its confidence.
    public var minimumScore: Double
    public var minimumConfidence: Double
    public var earlyScore: Double

    enum CodingKeys: String, CodingKey {
      case name, version, command, seed, epochs
      case minimumScore = "minimum_score"
      case minimumConfidence = "minimum_confidence"
      case earlyScore = "early_score"
    }

    public init(_ metadata: ModelMetadata) {
      name = metadata.name
      version = metadata.version
      command = metadata.training.command
      seed = metadata.training.seed
      epochs = metadata.training.epochs
      minimumScore = metadata.calibration.minimumScore
      minimumConfidence = metadata.calibration.confidence(of: minimumScore)
      earlyScore = metadata.calibration.earlyScore
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

  public init(model: ModelMetadata, command: String) {
    self.model = Model(model)
    self.command = command
  }

  /// Takes in what was heard, split by split, with the worst mistakes of them all.
  ///
  /// - Parameter heard: name, recordings and, in the same order, what became of them. A recording may be in several.
  public mutating func add(
    _ heard: [(split: String, clips: [Clip], outcomes: [Outcome])], mistakes count: Int = 6, model: DigitModel
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
    mistakes = try Mistake.worst(of: outcomes, clips: clips, count: count, model: model)
  }
}
