import AudioInput
package import Events

/// Decides what is reported of a stretch of speech: the digits, and the parts that were not recognised. A pure state
/// machine with times in samples; its caller turns the remarks into events.
///
/// Every stretch ends in at least one remark. A part before, between or after digits that was not recognised has a
/// remark of its own, in order.
package struct SpeechReport: Sendable {
  package enum Remark: Sendable, Equatable {
    case digit(Word)
    case rejected(Rejected)
  }

  /// An emitted word, or the best guess of a rejected part.
  package struct Word: Sendable, Equatable {
    package var label: Int
    package var confidence: Double
    /// By label; see `FoundWord`.
    package var probabilities: [Double]
    package var samples: Range<Int>

    package init(label: Int, confidence: Double, probabilities: [Double], samples: Range<Int>) {
      self.label = label
      self.confidence = confidence
      self.probabilities = probabilities
      self.samples = samples
    }
  }

  package struct Rejected: Sendable, Equatable {
    package var reason: Event.NotDetected.Reason
    package var best: Word?
    package var samples: Range<Int>
  }

  package struct Settings: Sendable, Equatable {
    /// Sound outside the emitted words is reported if it is at least this long, in samples: 0.25 s. Less than half of
    /// that, where it is all there was, is too short.
    package var shortest = AudioConditioner.outputRate / 4
    /// Samples of silence after which a run of speech is over: 0.16 s.
    package var pause = AudioConditioner.outputRate * 16 / 100
    /// A rejected word at least this probable, 0…1, counts as an unsure digit, not as a non-digit.
    package var likely = 0.5

    package init() {}
  }

  private let threshold: Double
  private let settings: Settings

  /// The current run of speech according to the network.
  private var run: Range<Int>?
  /// Everything before this sample has been reported.
  private var coveredUntil = 0
  /// The most confident rejected word since then.
  private var candidate: Word?
  /// The current stretch according to voice activity, and whether it has had a remark.
  private var stretch: (start: Int, hasRemark: Bool)?

  /// - Parameter threshold: the confidence from which a word is emitted; it is fitted with the verdict.
  package init(threshold: Double, settings: Settings = Settings()) {
    (self.threshold, self.settings) = (threshold, settings)
  }

  /// Whether there is speech that has not been decided yet.
  package var isRunning: Bool { run != nil }

  package mutating func speechStarted(at sample: Int) { stretch = (sample, false) }

  /// A column of scores that ends at `sample`, `length` long.
  package mutating func column(isSpeech: Bool, sample: Int, length: Int, openWordStart: Int?) -> [Remark] {
    if isSpeech {
      run = (run?.lowerBound ?? max(0, sample - length))..<sample
      return []
    }
    guard let over = run, sample - over.upperBound >= settings.pause,
      openWordStart.map({ $0 >= over.upperBound }) ?? true
    else { return [] }
    run = nil
    return rest(until: over.upperBound, from: over.lowerBound)
  }

  /// A word was found.
  package mutating func word(_ word: Word) -> [Remark] {
    guard word.confidence >= threshold else {
      if word.confidence > candidate?.confidence ?? -1 { candidate = word }
      return []
    }
    // An earlier, unsure decision about the same word.
    if candidate?.samples.overlaps(word.samples) ?? false { candidate = nil }
    var remarks: [Remark] = []
    if let run { remarks = rest(until: word.samples.lowerBound, from: run.lowerBound) }
    candidate = nil
    coveredUntil = max(coveredUntil, word.samples.upperBound)
    stretch?.hasRemark = true
    return remarks + [.digit(word)]
  }

  /// The stretch is over.
  package mutating func speechStopped(at sample: Int) -> [Remark] {
    var remarks: [Remark] = []
    if let over = run {
      run = nil
      remarks = rest(until: min(over.upperBound, max(sample, over.lowerBound)), from: over.lowerBound)
    }
    if let stretch, !stretch.hasRemark {
      remarks.append(reject(max(coveredUntil, stretch.start)..<max(coveredUntil, stretch.start) + 1, to: sample))
    }
    stretch = nil
    candidate = nil
    return remarks
  }

  /// Rejects the unreported part between `start` and `end`, if it is long enough or contains a likely digit.
  private mutating func rest(until end: Int, from start: Int) -> [Remark] {
    let start = max(start, coveredUntil)
    guard end - start >= settings.shortest || (candidate.map { $0.probabilities[$0.label] >= settings.likely } ?? false)
    else {
      return []
    }
    return [reject(start..<max(start + 1, end), to: end)]
  }

  private mutating func reject(_ range: Range<Int>, to end: Int) -> Remark {
    let samples = range.lowerBound..<max(range.upperBound, end)
    defer {
      candidate = nil
      coveredUntil = max(coveredUntil, samples.upperBound)
      stretch?.hasRemark = true
    }
    let reason: Event.NotDetected.Reason =
      if let candidate, candidate.probabilities[candidate.label] >= settings.likely {
        .unsure
      } else {
        samples.count < settings.shortest / 2 ? .tooShort : .notADigit
      }
    return .rejected(Rejected(reason: reason, best: candidate, samples: samples))
  }
}
