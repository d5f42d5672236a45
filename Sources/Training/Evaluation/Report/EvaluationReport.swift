package import DigitNetwork

/// Everything that an evaluation found: the contents of `report.json` and of the page.
package struct EvaluationReport: Sendable, Codable {
  /// The evaluated model.
  package struct Model: Sendable, Equatable, Codable {
    package var name: String
    package var version: String
    /// The command that trained it.
    package var command: String
    package var seed: UInt64
    package var epochs: Int
    /// The confidence from which a digit is emitted.
    package var threshold: Double

    package init(_ model: SequenceModel) {
      let metadata = model.metadata
      name = metadata.name
      version = metadata.version
      command = metadata.training.command
      seed = metadata.training.seed
      epochs = metadata.training.epochs
      threshold = model.threshold
    }
  }

  /// The results on one split.
  package struct Split: Sendable, Codable {
    package var name: String
    package var summary: EvaluationSummary
  }

  package var model: Model
  /// The command that made the report.
  package var command: String
  package var splits: [Split] = []
  package var reliability: Reliability?
  package var noise: NoiseTable?
  package var speech: SpeechReport?
  package var streams: [StreamSweep] = []
  /// Shown on the page, but not part of `report.json`.
  package var mistakes: [Mistake] = []

  enum CodingKeys: String, CodingKey {
    case model, command, splits, reliability, noise, speech, streams
  }

  package init(model: SequenceModel, command: String) {
    self.model = Model(model)
    self.command = command
  }

  /// Adds the results, split by split, and the worst mistakes of all splits.
  ///
  /// - Parameter heard: for each split its name, its recordings and their outcomes in the same order. A recording may
  ///   be in several.
  package mutating func add(
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
    // Uses strangers where there are any: the model knows FSDD's speakers and is confident about them.
    reliability = Reliability(heard.first { $0.split == "validate" }?.outcomes ?? outcomes)
    mistakes = try Mistake.worst(of: outcomes, clips: clips, count: count)
  }
}
