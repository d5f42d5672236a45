/// What is told of a stretch of speech: which words are digits, and that what was not understood is told, too. A pure
/// state machine on the clock of samples; whoever feeds it turns its remarks into events.
///
/// Nothing that was said vanishes: every stretch ends in at least one remark, and a part of it that was not understood
/// before, between or after digits has one of its own, in its place.
package struct SpeechReport: Sendable {
  package enum Remark: Sendable, Equatable {
    case digit(Word)
    case rejected(Rejected)
  }

  /// A word that was told, or came closest.
  package struct Word: Sendable, Equatable {
    package var label: Int
    package var confidence: Double
    /// Of each label; see `FoundWord`.
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
    package enum Reason: Sendable, Equatable { case tooShort, notADigit, unsure }
    package var reason: Reason
    package var best: Word?
    package var samples: Range<Int>
  }

  private let threshold: Double
  /// Sound that no word covers and that is this long is something that was said: 0.25 s.
  private static let shortest = 2000
  /// Columns of silence after which a run of speech is over: 0.16 s.
  private static let pause = 1280
  /// A rejected word at least this probable was a digit that was not sure enough.
  private static let likely = 0.5

  /// The run of speech under way, as the network hears it.
  private var run: Range<Int>?
  /// Everything before this was told.
  private var coveredUntil = 0
  /// The surest word that was not told since then.
  private var candidate: Word?
  /// The stretch under way, as voice activity has it, and whether anything was told of it.
  private var stretch: (start: Int, hasRemark: Bool)?

  package init(threshold: Double) { self.threshold = threshold }

  /// Whether speech is under way of which it is not yet known what it is.
  package var isRunning: Bool { run != nil }

  package mutating func speechStarted(at sample: Int) { stretch = (sample, false) }

  /// A column of scores that ends at `sample`, `length` long.
  package mutating func column(isSpeech: Bool, sample: Int, length: Int, openWordStart: Int?) -> [Remark] {
    if isSpeech {
      run = (run?.lowerBound ?? max(0, sample - length))..<sample
      return []
    }
    guard let over = run, sample - over.upperBound >= Self.pause, openWordStart.map({ $0 >= over.upperBound }) ?? true
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
    // The same word, which was not sure before.
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

  /// What lies between `start`, or what was told last, and `end`, if it is long enough to have been something.
  private mutating func rest(until end: Int, from start: Int) -> [Remark] {
    let start = max(start, coveredUntil)
    guard end - start >= Self.shortest || (candidate.map { $0.probabilities[$0.label] >= Self.likely } ?? false) else {
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
    let reason: Rejected.Reason =
      if let candidate, candidate.probabilities[candidate.label] >= Self.likely {
        .unsure
      } else {
        samples.count < Self.shortest / 2 ? .tooShort : .notADigit
      }
    return .rejected(Rejected(reason: reason, best: candidate, samples: samples))
  }
}
