package import DigitNetwork

/// All that an evaluation found: what `report.json` holds and the page shows.
package struct EvaluationReport: Sendable, Codable {
  /// The model that was put to the test.
  package struct Model: Sendable, Equatable, Codable {
    package var name: String
    package var version: String
    /// What it was made by.
    package var command: String
    package var seed: UInt64
    package var epochs: Int
    /// A digit is told from this confidence on.
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

  /// What became of one split.
  package struct Split: Sendable, Codable {
    package var name: String
    package var summary: EvaluationSummary
  }

  package var model: Model
  /// What the report was made by.
  package var command: String
  package var splits: [Split] = []
  package var reliability: Reliability?
  package var noise: NoiseTable?
  package var speech: SpeechReport?
  package var streams: [StreamSweep] = []
  /// Shown on the page, not told in the file of figures.
  package var mistakes: [Mistake] = []

  enum CodingKeys: String, CodingKey {
    case model, command, splits, reliability, noise, speech, streams
  }

  package init(model: SequenceModel, command: String) {
    self.model = Model(model)
    self.command = command
  }

  /// Takes in what was heard, split by split, with the worst mistakes of them all.
  ///
  /// - Parameter heard: name, recordings and, in the same order, what became of them. A recording may be in several.
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
    // Of strangers where there are any: FSDD's speakers, whom the model knows, are many, and it is sure of them.
    reliability = Reliability(heard.first { $0.split == "validate" }?.outcomes ?? outcomes)
    mistakes = try Mistake.worst(of: outcomes, clips: clips, count: count)
  }
}
