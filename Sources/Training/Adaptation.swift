import DataFolders
package import DigitNetwork
import Recognition

/// Adapts a trained model to one voice without losing the others.
///
/// Training continues from the model's weights with that voice and other voices. The result is a point on the straight
/// line between the old and the new weights, which keeps more of both than either end (M. Wortsman and others, "Robust
/// fine-tuning of zero-shot models", 2022). Held-out recordings decide which point: the voice must be recognised better
/// and the others no worse. The verdict stays unchanged, because it was fitted on many more people.
///
/// Among the points with the best score for the voice, the one nearest to the old weights wins.
package struct Adaptation {
  /// The adapted model and its scores.
  package struct Result: Sendable {
    package var model: SequenceModel
    /// Its position between the old weights (0) and the newly trained ones (1).
    package var share: Float
    package var voice: (before: SequenceScore, after: SequenceScore)
    package var others: (before: SequenceScore, after: SequenceScore)
  }

  package enum Refusal: Error, CustomStringConvertible {
    /// There are no held-out recordings of the voice, or of the others, to compare models with.
    case noVoiceHeldBack, noOthersHeldBack
    case noBetter

    package var description: String {
      switch self {
      case .noVoiceHeldBack:
        "no recording of the voice is held out: split 'validate' has no digit of it (digitctl record holds out every third "
          + "take)"
      case .noOthersHeldBack:
        "no recording of the others is held out: split 'validate' has no digit of theirs"
      case .noBetter:
        "no model was found that recognises this voice better and the others no worse: nothing was written"
      }
    }
  }

  /// Training from scratch takes thousands of steps; adapting takes few.
  package static var recipe: SequenceRecipe {
    var recipe = SequenceRecipe()
    recipe.steps = 120
    recipe.stepsPerEpoch = 20
    recipe.peakRate = 3e-4
    recipe.averageDecay = 0.97
    return recipe
  }

  /// The positions that are tried.
  static let shares: [Float] = [1, 0.75, 0.5, 0.35, 0.2, 0.1]

  private let old: SequenceModel
  private let voice: TrainingData
  private let others: TrainingData
  private let alike: [String: Int]

  /// - Parameters:
  ///   - voice: the recordings of the voice.
  ///   - others: recordings of other people: digits and other words.
  ///   - alike: as in `SequenceBank`, so that an alternative word for a digit is not unlearned.
  package init(
    of model: SequenceModel, to voice: TrainingData, beside others: TrainingData, alike: [String: Int] = [:]
  ) throws(Refusal) {
    try Self.check(voice: voice)
    guard Self.hasDigits(others.chosenBy) else { throw .noOthersHeldBack }
    self.alike = alike
    (old, self.voice, self.others) = (model, voice, others)
  }

  /// Checks whether a model can be adapted to this voice, before the others' recordings are read.
  package static func check(voice: TrainingData) throws(Refusal) {
    guard hasDigits(voice.chosenBy) else { throw .noVoiceHeldBack }
  }

  private static func hasDigits(_ clips: [Clip]) -> Bool {
    clips.contains { if case .digit = $0.recording.label { true } else { false } }
  }

  /// Trains, and chooses the best position.
  ///
  /// - Returns: nil if `shouldStop` returned true.
  /// - Throws: `Refusal` if no position is better for the voice and no worse for the others.
  package func run(
    recipe: SequenceRecipe, threads: Int, name: String, command: String,
    report: (SequenceTrainer.Progress) -> Void, shouldStop: () -> Bool
  ) throws -> Result? {
    let bank = try SequenceBank(
      Self.balanced(voice.learned, others.learned), language: old.metadata.language, alike: alike)
    let trainer = try SequenceTrainer(
      bank: bank, labels: old.metadata.labels, recipe: recipe, architecture: old.metadata.architecture,
      start: old.tensors, threads: threads)
    guard try trainer.run(report: report, shouldStop: shouldStop) else { return nil }
    let new = trainer.tensors()
    func scores(_ model: SequenceModel) throws -> (voice: SequenceScore, others: SequenceScore) {
      func score(_ clips: [Clip]) throws -> SequenceScore {
        let verdict = model.metadata.verdict
        let trial = try SequenceTrial(
          clips.map { SequenceTrial.Material($0) }, model: model, emitting: verdict, threads: threads)
        return SequenceScore(trial, verdict: SequenceVerdict(verdict), threshold: verdict.threshold)
      }
      return (try score(voice.chosenBy), try score(others.chosenBy))
    }
    let before = try scores(old)
    var permitted: [Result] = []
    for share in Self.shares {
      var metadata = old.metadata
      metadata.name = name
      metadata.training.learnedFrom = metadata.training.learnedFrom.adding(voice.sources + others.sources)
      metadata.training.command = command
      metadata.training.notes +=
        (metadata.training.notes.isEmpty ? "" : "; ")
        + "adapted from \(old.metadata.name) \(old.metadata.version): \(share) of the way, \(recipe.steps) steps"
      let model = try SequenceModel(metadata: metadata, tensors: old.tensors.mixed(with: new, share: share))
      let after = try scores(model)
      guard Self.isBetter(after, than: before) else { continue }
      permitted.append(
        Result(model: model, share: share, voice: (before.voice, after.voice), others: (before.others, after.others)))
    }
    guard let best = Self.nearest(permitted) else { throw Refusal.noBetter }
    return best
  }

  /// Among the results that are best for the voice, the one nearest to the old weights.
  private static func nearest(_ results: [Result]) -> Result? {
    func balance(_ result: Result) -> Int { result.voice.after.emittedRight - result.voice.after.emittedWrong }
    let most = results.map(balance).max()
    return results.filter { balance($0) == most }.min { $0.share < $1.share }
  }

  /// Whether the scores are better for the voice and no worse for the others in any count.
  static func isBetter(
    _ after: (voice: SequenceScore, others: SequenceScore), than before: (voice: SequenceScore, others: SequenceScore)
  ) -> Bool {
    after.voice.emittedRight > before.voice.emittedRight && after.voice.emittedWrong <= before.voice.emittedWrong
      && after.voice.bestRight >= before.voice.bestRight && after.others.bestRight >= before.others.bestRight
      && after.others.emittedRight >= before.others.emittedRight
      && after.others.emittedWrong <= before.others.emittedWrong
      && after.others.wordsTaken <= before.others.wordsTaken && after.others.talkEmitted <= before.others.talkEmitted
  }

  /// A bank draws each speaker in proportion to the square root of their number of recordings, so that one voice among
  /// many would rarely be drawn. The voice is therefore listed under several names, so that it makes up about half.
  static func balanced(_ voice: [Clip], _ others: [Clip]) -> [Clip] {
    func weight(_ clips: [Clip]) -> Double {
      let digits = clips.filter { if case .digit = $0.recording.label { true } else { false } }
      return Dictionary(grouping: digits, by: \.recording.speaker).values.reduce(0) {
        $0 + Double($1.count).squareRoot()
      }
    }
    let own = weight(voice)
    let times = own > 0 ? max(1, Int((weight(others) / own).rounded())) : 1
    let copies = (0..<times).flatMap { copy in
      voice.map { clip in
        var recording = clip.recording
        if copy > 0 { recording.speaker += "#\(copy)" }
        return Clip(recording: recording, samples: clip.samples, sound: clip.sound)
      }
    }
    return copies + others
  }
}
