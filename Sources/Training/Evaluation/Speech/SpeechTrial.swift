import DigitNetwork
import Recognition
import Synchronization

/// Measures what is taken for a digit: other speech, words like digits, noise; beside it, what digits are told.
public struct SpeechTrial: Sendable {
  public var digits: [Clip]
  public var speech: [Clip]
  /// Words that begin or sound like a digit.
  public var nearWords: [Clip]
  public var noise: [Clip]

  public init(digits: [Clip], speech: [Clip], nearWords: [Clip] = [], noise: [Clip] = []) {
    self.digits = digits
    self.speech = speech
    self.nearWords = nearWords
    self.noise = noise
  }

  /// Thresholds at which the listener is run; the model's own and the one that 97 % pass come on top.
  private static let thresholds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999]

  /// - Parameter progress: what is done, and the share of it, 0…1.
  public func measure(
    _ model: DigitModel, threads: Int = 2, progress: @escaping @Sendable (String, Double) -> Void
  ) throws -> SpeechReport {
    let evaluator = Evaluator(model: model, threads: threads)
    let segments = speech.flatMap { clip in
      StreamedSound(samples: clip.samples).shortSegments().map { range in
        Clip(recording: clip.recording, samples: Array(clip.samples[range]), sound: 0..<range.count)
      }
    }
    func classified(_ clips: [Clip], _ what: String) throws -> [Hypothesis] {
      let total = Double(clips.count)
      return try evaluator.outcomes(for: clips, progress: { progress(what, Double($0) / total) }).map(\.recognition)
    }
    let digitAnswers = zip(digits, try classified(digits, "digits")).map { clip, answer in
      DetectionCurve.Trial(
        score: answer.sureness, isRight: clip.recording.label == .digit(answer.guess.digit))
    }
    let alone = Alone(
      digits: digitAnswers, speech: try classified(speech, "other speech").map(\.sureness),
      segments: try classified(segments, "segments").map(\.sureness),
      nearWords: try classified(nearWords, "words like digits").map(\.sureness),
      noise: try classified(noise, "noise").map(\.sureness))

    let own = model.metadata.calibration.minimumScore
    let passing = ModelMetadata.Calibration.threshold(
      passing: 0.97, of: digitAnswers.filter(\.isRight).map(\.score))
    let thresholds = Set(Self.thresholds + [own] + [passing].compactMap { $0 }).sorted()
    let live = try heard(model, thresholds, threads, progress)
    func at(_ threshold: Double) -> SpeechReport.Figures? {
      thresholds.firstIndex(of: threshold).map { figures(threshold, alone, live[$0]) }
    }
    guard let atOwn = at(own) else { throw EvaluationError("the model's threshold is no number") }
    return SpeechReport(
      own: atOwn, passing97: passing.flatMap(at),
      curves: curves(alone) + curves(thresholds, live))
  }

  // MARK: each recording by itself

  private struct Alone {
    let digits: [DetectionCurve.Trial]
    let speech: [Double]
    let segments: [Double]
    let nearWords: [Double]
    let noise: [Double]
  }

  private func curves(_ alone: Alone) -> [DetectionCurve] {
    [
      ("other speech, segments", alone.segments), ("words like digits", alone.nearWords), ("noise", alone.noise),
    ].filter { !$1.isEmpty && !alone.digits.isEmpty }.map {
      DetectionCurve(name: $0, digits: alone.digits, others: $1)
    }
  }

  // MARK: through the listener

  /// What was told of each recording at one threshold: the digits, in order.
  private struct Live {
    var digits: [[Int]]
    var speech: [[Int]]
    var nearWords: [[Int]]
    var noise: [[Int]]
  }

  private func heard(
    _ model: DigitModel, _ thresholds: [Double], _ threads: Int,
    _ progress: @escaping @Sendable (String, Double) -> Void
  ) throws -> [Live] {
    let calibrations = thresholds.map { threshold in
      var calibration = model.metadata.calibration
      calibration.minimumScore = threshold
      return calibration
    }
    func told(_ clips: [Clip], _ what: String) throws -> [[[Int]]] {
      try ListenerTrial(model: model, threads: threads).transcripts(
        of: clips, under: calibrations, progress: { progress(what, $0) }
      ).map { $0.map { $0.map(\.guess.digit) } }
    }
    let (digits, speech) = (try told(digits, "digits, live"), try told(speech, "other speech, live"))
    let (near, noise) = (try told(nearWords, "words like digits, live"), try told(noise, "noise, live"))
    return thresholds.indices.map { i in
      Live(
        digits: digits.map { $0[i] }, speech: speech.map { $0[i] }, nearWords: near.map { $0[i] },
        noise: noise.map { $0[i] })
    }
  }

  private func curves(_ thresholds: [Double], _ live: [Live]) -> [DetectionCurve] {
    guard !digits.isEmpty, !speech.isEmpty else { return [] }
    let points = zip(thresholds, live).map { threshold, live in
      DetectionCurve.Point(
        threshold: threshold, falseAccepts: Self.any(live.speech),
        misses: Proportion(digits.count - toldRightly(live), of: digits.count))
    }
    return [DetectionCurve(name: "other speech, files through the listener", points: points)]
  }

  private static func any(_ told: [[Int]]) -> Proportion { Proportion(told.count { !$0.isEmpty }, of: told.count) }

  private func toldRightly(_ live: Live) -> Int {
    zip(digits, live.digits).count { clip, told in told.first.map { clip.recording.label == .digit($0) } ?? false }
  }

  // MARK: both

  private func figures(_ threshold: Double, _ alone: Alone, _ live: Live) -> SpeechReport.Figures {
    func passing(_ scores: [Double]) -> Proportion {
      Proportion(scores.count { $0 >= threshold }, of: scores.count)
    }
    return SpeechReport.Figures(
      threshold: threshold,
      digitsClassified: Proportion(
        alone.digits.count { $0.isRight && $0.score >= threshold }, of: alone.digits.count),
      digitsHeard: Proportion(toldRightly(live), of: digits.count),
      speechHeard: Self.any(live.speech), speechClassified: passing(alone.speech),
      segmentsClassified: passing(alone.segments),
      nearWordsClassified: nearWords.isEmpty ? nil : passing(alone.nearWords),
      nearWordsHeard: nearWords.isEmpty ? nil : Self.any(live.nearWords),
      noiseEvents: live.noise.reduce(0) { $0 + $1.count },
      noiseSeconds: noise.reduce(0) { $0 + Double($1.samples.count) / 8000 })
  }
}

extension Hypothesis {
  /// The score that a threshold is held against: none where there was no sound at all.
  fileprivate var sureness: Double {
    if case .rejected(.tooQuiet, _) = decision { return -1 }
    return guess.score
  }
}
