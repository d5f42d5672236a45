import DigitNetwork
import Glibc
import Recognition
import SpeechFeatures

/// Brings a finished model nearer to one voice without taking it away from the others.
///
/// The weights are trained on with that voice, beside others; what is kept is a point on the straight line between the old
/// weights and the new ones, which holds more of both than either end (M. Wortsman and others, "Robust fine-tuning of
/// zero-shot models", 2022). Which point is decided by recordings that nothing was learned from: one where the voice is
/// recognised better and the others are recognised no worse. The calibration stays: it was fitted to many
/// more people.
///
/// No further than need be: of the points at which as many digits of the voice are told as at the best, the nearest. What
/// is measured on the others is little, and most of all when they are synthetic; each step away from the old weights costs
/// people that nobody asked.
public struct Adaptation {
  /// How a model did on some recordings.
  public struct Score: Sendable, Equatable {
    public var digits = 0
    /// Told, and the right one; told, and another. The rest was turned down.
    public var toldRight = 0
    public var toldWrong = 0
    /// By the best guess of the ten.
    public var bestRight = 0
    /// What is no digit, and how much of it was taken for one.
    public var others = 0
    public var othersTaken = 0
    /// The mean of −ln p of what was said, in nats; of digits only.
    public var loss = 0.0

    public init(_ outcomes: [Outcome]) {
      for outcome in outcomes {
        let recognition = outcome.recognition
        let told: Int? = if case .digit(let guess) = recognition.decision { guess.digit } else { nil }
        switch outcome.recording.label {
        case .digit(let said):
          digits += 1
          if told == said { toldRight += 1 } else if told != nil { toldWrong += 1 }
          if recognition.guess.digit == said { bestRight += 1 }
          loss -= log(max(1e-9, recognition.guess.probabilities[said] * (1 - recognition.other)))
        case .speech, .noise:
          others += 1
          if told != nil { othersTaken += 1 }
        case .sequence: break
        }
      }
      loss /= Double(max(1, digits))
    }

    /// Decided as it should be: told rightly, or turned down rightly.
    var decidedRight: Int { toldRight + others - othersTaken }
  }

  /// The model and what it was weighed by.
  public struct Result: Sendable {
    public var model: DigitModel
    /// How far it lies from the old weights (0) to those that were trained on (1).
    public var share: Float
    public var voice: (before: Score, after: Score)
    public var others: (before: Score, after: Score)
  }

  public enum Refusal: Error, CustomStringConvertible {
    /// Of the voice, or of the others, there is nothing to weigh a model by.
    case noVoiceHeldBack, noOthersHeldBack
    case noBetter(before: Score, others: Score)

    public var description: String {
      switch self {
      case .noVoiceHeldBack:
        "there is nothing to weigh the model by: no digit of the voice is of split 'validate', as every third take that "
          + "digitctl record asks for is"
      case .noOthersHeldBack:
        "there is nothing to weigh the model by: no digit of the others is of split 'validate'"
      case .noBetter:
        "no model was found that knows this voice better and the others no worse: nothing was written"
      }
    }
  }

  /// A training of its own is 60 times 4096 examples; this is a walk around the corner.
  public static var recipe: TrainingRecipe {
    var recipe = TrainingRecipe()
    recipe.epochs = 3
    recipe.peakRate = 4e-4
    // Steps as long as in a training from nothing end far from the old weights, and cost the others.
    recipe.kernelFactor = 1
    recipe.rise = 0.1
    recipe.averageDecay = 0.99
    recipe.attempts = .one
    return recipe
  }

  /// The points that are tried.
  static let shares: [Float] = [1, 0.75, 0.5, 0.35, 0.2, 0.1]

  let old: DigitModel
  let voice: TrainingData
  let others: TrainingData

  /// - Parameters:
  ///   - voice: the recordings of the voice.
  ///   - others: recordings of other people, digits and other words.
  public init(of model: DigitModel, to voice: TrainingData, beside others: TrainingData) throws(Refusal) {
    try Self.check(voice: voice)
    guard Self.hasDigits(others.chosenBy) else { throw .noOthersHeldBack }
    (old, self.voice, self.others) = (model, voice, others)
  }

  /// Whether a model can be adapted to this voice: worth asking before the others are read.
  public static func check(voice: TrainingData) throws(Refusal) {
    guard hasDigits(voice.chosenBy) else { throw .noVoiceHeldBack }
  }

  private static func hasDigits(_ clips: [Clip]) -> Bool {
    clips.contains { if case .digit = $0.recording.label { true } else { false } }
  }

  /// Trains and weighs.
  ///
  /// - Returns: nil if `shouldStop` said so.
  /// - Throws: `Refusal` if there is no model that is better for the voice and no worse for the others.
  public func run(
    recipe: TrainingRecipe = Adaptation.recipe, threads: Int = 2, name: String, command: String,
    report: (EnsembleTrainer.Progress) -> Void, shouldStop: () -> Bool
  ) throws -> Result? {
    var recipe = recipe
    recipe.noiseReductionDepth = FeatureParameters(metadata: old.metadata.features).noiseReductionDepth
    let trainer = try EnsembleTrainer(
      bank: SoundBank(Self.balanced(voice.learned, others.learned)), recipe: recipe, start: old, threads: threads)
    guard case .finished(let new) = try trainer.run(report: report, shouldStop: shouldStop) else { return nil }
    func scores(_ model: DigitModel) throws -> (voice: Score, others: Score) {
      let evaluator = Evaluator(model: model, threads: threads)
      return (
        Score(try evaluator.outcomes(for: voice.chosenBy)), Score(try evaluator.outcomes(for: others.chosenBy))
      )
    }
    let before = try scores(old)
    var permitted: [Result] = []
    for share in Self.shares {
      let metadata = old.metadata.adapted(
        name: name, to: voice.sources + others.sources, command: command,
        notes: "\(share) of the way, \(recipe.epochs) epochs")
      let model = try DigitModel(metadata: metadata, tensors: Self.mixed(old.tensors, new, share: share))
      let after = try scores(model)
      guard Self.isBetter(after, than: before) else { continue }
      permitted.append(
        Result(model: model, share: share, voice: (before.voice, after.voice), others: (before.others, after.others)))
    }
    guard let best = Self.nearest(permitted) else {
      throw Refusal.noBetter(before: before.voice, others: before.others)
    }
    return best
  }

  /// The nearest to the old weights of those that tell the voice's digits best.
  private static func nearest(_ results: [Result]) -> Result? {
    func told(_ result: Result) -> Int { result.voice.after.toldRight - result.voice.after.toldWrong }
    let most = results.map(told).max()
    return results.filter { told($0) == most }.min { $0.share < $1.share }
  }

  /// Better for the voice, and for the others no worse in any count.
  package static func isBetter(_ after: (voice: Score, others: Score), than before: (voice: Score, others: Score))
    -> Bool
  {
    after.voice.loss < before.voice.loss && after.voice.toldRight >= before.voice.toldRight
      && after.voice.toldWrong <= before.voice.toldWrong && after.others.bestRight >= before.others.bestRight
      && after.others.decidedRight >= before.others.decidedRight
      && after.others.othersTaken <= before.others.othersTaken
  }

  /// Old and new weights by name, so much of the way from the old ones.
  package static func mixed(_ old: [String: Tensor], _ new: [String: Tensor], share: Float) -> [String: Tensor] {
    old.reduce(into: [:]) { result, entry in
      let (name, from) = entry
      guard let to = new[name], to.values.count == from.values.count else { return result[name] = from }
      result[name] = Tensor(
        shape: from.shape, values: zip(from.values, to.values).map { $0 + share * ($1 - $0) })
    }
  }

  /// A bank draws a speaker by the root of how much there is of him: one voice beside many real ones would hardly be heard.
  /// So it comes in under as many names as give it about half.
  package static func balanced(_ voice: [Clip], _ others: [Clip]) -> [Clip] {
    func weight(_ clips: [Clip]) -> Double {
      let real = clips.filter {
        if case .digit = $0.recording.label { !$0.recording.source.hasPrefix("synthetic") } else { false }
      }
      return Dictionary(grouping: real, by: \.recording.speaker).values.reduce(0) { $0 + Double($1.count).squareRoot() }
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

extension ModelMetadata {
  /// Of a model made from this one.
  ///
  /// - Parameter sources: all that was learned from, the voice and those beside it.
  package func adapted(
    name: String, to sources: [Source], command: String, notes: String
  ) -> ModelMetadata {
    var adapted = self
    adapted.name = name
    adapted.training.learnedFrom = training.learnedFrom.adding(sources)
    adapted.training.command = command
    adapted.training.notes += (training.notes.isEmpty ? "" : "; ") + "adapted from \(self.name) \(version): \(notes)"
    return adapted
  }
}
