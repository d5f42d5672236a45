package import DigitNetwork
import Recognition
import Wording

/// Measures false accepts in other speech, in words similar to digits and in noise, together with the digits emitted
/// correctly.
package struct SpeechTrial: Sendable {
  package var digits: [Clip]
  package var speech: [Clip]
  /// Words that begin or sound like a digit.
  package var nearWords: [Clip]
  package var noise: [Clip]

  package init(digits: [Clip], speech: [Clip], nearWords: [Clip] = [], noise: [Clip] = []) {
    self.digits = digits
    self.speech = speech
    self.nearWords = nearWords
    self.noise = noise
  }

  /// The thresholds that are tried, besides the model's own.
  private static let thresholds = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98]
  /// The share of the digits emitted correctly at the best threshold that must still be emitted at another.
  private static let passing = 0.97

  /// - Parameter progress: the current step, and the share done, 0…1.
  package func measure(
    _ model: SequenceModel, threads: Int = 2, progress: @escaping @Sendable (String, Double) -> Void
  ) throws -> SpeechReport {
    let own = model.threshold
    let all = Set(Self.thresholds + [own]).sorted()
    // An emitted word may change the decision about the next, so each threshold needs a run of its own.
    let figures = try all.map { threshold in
      try self.figures(at: threshold, of: model, threads: threads) {
        progress("\($0), threshold \(decimal(threshold, 2))", $1)
      }
    }
    guard let atOwn = figures.first(where: { $0.threshold == own }) else {
      throw EvaluationError("the model's threshold is not a number")
    }
    let most = Double(figures.map(\.digits.count).max() ?? 0)
    return SpeechReport(
      own: atOwn,
      passing97: most > 0 ? figures.last { Double($0.digits.count) >= Self.passing * most } : nil,
      curves: curves(figures))
  }

  private func figures(
    at threshold: Double, of model: SequenceModel, threads: Int, progress: @escaping @Sendable (String, Double) -> Void
  ) throws -> SpeechReport.Figures {
    let evaluator = Evaluator(model: model.emitting(from: threshold), threads: threads)
    func run(_ clips: [Clip], _ what: String) throws -> [Outcome] {
      let total = Double(clips.count)
      return try evaluator.outcomes(for: clips, progress: { progress(what, Double($0) / total) })
    }
    func any(_ outcomes: [Outcome]) -> Proportion { Proportion(outcomes.count(where: \.isEmitted), of: outcomes.count) }
    func events(_ outcomes: [Outcome]) -> Int { outcomes.reduce(0) { $0 + $1.emitted.count } }
    func seconds(_ clips: [Clip]) -> Double { clips.reduce(0) { $0 + $1.seconds } }
    let heard = try run(digits, "digits")
    let (other, near) = (try run(speech, "other speech"), try run(nearWords, "words like digits"))
    return SpeechReport.Figures(
      threshold: threshold,
      digits: Proportion(
        heard.count { $0.emitted.count == 1 && $0.recording.label == .digit($0.emitted[0]) }, of: heard.count),
      speech: any(other), nearWords: nearWords.isEmpty ? nil : any(near), speechEvents: events(other),
      speechSeconds: seconds(speech), noiseEvents: events(try run(noise, "noise")), noiseSeconds: seconds(noise))
  }

  private func curves(_ figures: [SpeechReport.Figures]) -> [DetectionCurve] {
    guard !digits.isEmpty else { return [] }
    func curve(_ name: String, _ taken: (SpeechReport.Figures) -> Proportion?) -> DetectionCurve? {
      let points = figures.compactMap { figures in
        taken(figures).map { taken in
          DetectionCurve.Point(
            threshold: figures.threshold, falseAccepts: taken,
            misses: Proportion(figures.digits.total - figures.digits.count, of: figures.digits.total))
        }
      }
      return points.isEmpty ? nil : DetectionCurve(name: name, points: points)
    }
    return [
      speech.isEmpty ? nil : curve("other speech, files") { $0.speech }, curve("words like digits") { $0.nearWords },
    ].compactMap { $0 }
  }
}
