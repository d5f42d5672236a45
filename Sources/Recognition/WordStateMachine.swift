import VoiceActivity

/// Decides what becomes of each word: whether it is tried before its end, whether a certain answer goes out at once, and
/// what counts as a part of a word that is decided already.
///
///     idle ──► word ──► (ended: classify, search, reject or pass over) ──► idle
///               │  ▲
///       certain │  │ a sound soon after is perhaps a part of the word that was decided
///               ▼  │
///             decided
///
/// Words come from voice activity, answers from a recogniser; neither is called from here. Whatever the order they come
/// in, each word is told of at most once.
package struct WordStateMachine: Sendable {
  package enum State: Sendable, Equatable {
    case idle
    /// The last word was decided before its end; its sound had ended at this frame.
    case decided(end: Int)
    case word(Origin)
  }

  package enum Origin: Sendable, Equatable {
    case fresh
    /// It began so soon after a word that was decided early that it may be the rest of it.
    case afterDecision
  }

  /// What is to be done next.
  package enum Step: Sendable, Equatable {
    case nothing
    /// Classify what there is of the word, and hand the answer to `decide`.
    case attempt(DetectedWord, quietFrames: Int)
    /// Classify the whole word and tell the outcome; if it is no digit and `quietly`, tell nothing.
    case conclude(DetectedWord, quietly: Bool)
    /// What was cut out is no word, but may hold some: classify what stands alone in it, and tell that, or else the reason.
    case search(DetectedWord, otherwise: RejectionReason)
    case reject(RejectionReason, DetectedWord)
  }

  package private(set) var state = State.idle
  private let settings: WordSettings
  private let firstAttempt: Int
  /// Quiet from which this pause of the word is worth an attempt: a certain answer that must wait for more quiet need not
  /// be asked for again before.
  private var nextAttempt: Int

  package init(settings: WordSettings) {
    self.settings = settings
    firstAttempt = settings.earliestQuiet.min() ?? 0
    nextAttempt = firstAttempt
  }

  /// Takes in what voice activity has found. `mayAttempt`: whether there is time for a classification that may be in vain.
  package mutating func process(_ action: VoiceActivityAction, mayAttempt: Bool) -> Step {
    switch action {
    case .speechStarted, .speechStopped:
      return .nothing
    case .wordResumed:
      nextAttempt = firstAttempt
      return .nothing
    case .wordStarted(let frame):
      state = .word(origin(ofWordAt: frame))
      nextAttempt = firstAttempt
      return .nothing
    case .paused(let word, let quietFrames, let fall):
      guard case .word(let origin) = state, mayAttempt, !isAfterburst(word, origin) else { return .nothing }
      guard quietFrames >= nextAttempt, fall >= settings.earliestFall else { return .nothing }
      guard word.soundingFrames >= settings.shortestAttempt else { return .nothing }
      return .attempt(word, quietFrames: quietFrames)
    case .wordEnded(let word, let ending):
      guard case .word(let origin) = state else { return .nothing }
      return conclude(word, ending, origin)
    }
  }

  /// A part of the stream was lost, and voice activity has ended what was in progress: what comes next is no rest of it.
  package mutating func interrupt() { state = .idle }

  /// Whether the answer to an attempt goes out at once. If so, the word is over: voice activity is to be told to settle it.
  package mutating func decide(_ recognition: Hypothesis, for word: DetectedWord, quietFrames: Int) -> Bool {
    guard case .word = state, recognition.certainEarly, case .digit(let guess) = recognition.decision else {
      return false
    }
    guard settings.earliestQuiet.indices.contains(guess.digit) else { return false }
    guard quietFrames >= settings.earliestQuiet[guess.digit] else {
      nextAttempt = settings.earliestQuiet[guess.digit]
      return false
    }
    state = .decided(end: word.end)
    return true
  }

  /// Asks more of a digit that does not sound like one spoken digit: with hardly any voice in it, longer than digits are
  /// or as short as few are, found only in a part of what was cut out, or one of many sounds (`ongoing`: the share of the
  /// second before it that was about as loud).
  package func judge(
    _ recognition: Hypothesis, for word: DetectedWord, voicedFrames: Int, ongoing: Float, isPart: Bool
  ) -> Hypothesis {
    guard case .digit(let guess) = recognition.decision else { return recognition }
    func least(_ byDigit: [Int]) -> Int { byDigit.indices.contains(guess.digit) ? byDigit[guess.digit] : 0 }
    let isVoiced = voicedFrames >= least(settings.plainFromVoiced)
    let isPlain = isVoiced && word.soundingFrames <= settings.plainUpTo
    let isShort = word.soundingFrames < settings.shortBelow || word.end - word.start < least(settings.shortSpan)
    let needed = max(
      isPlain ? 0 : settings.doubtfulScore, isPart ? settings.partScore : 0, isShort ? settings.shortScore : 0,
      ongoing > settings.ongoingShare ? settings.ongoingScore : 0)
    guard guess.score < needed else { return recognition }
    var doubted = recognition
    doubted.decision = .rejected(.unsure, guess)
    doubted.certainEarly = false
    return doubted
  }

  /// Why a rejected word was rejected: of one that was hardly heard, that is the reason worth telling.
  package func reason(_ reason: RejectionReason, for word: DetectedWord) -> RejectionReason {
    switch reason {
    case .notADigit, .unsure: word.peak < settings.tooQuietBelow ? .tooQuiet : reason
    case .tooShort, .tooLong, .tooQuiet: reason
    }
  }

  private func origin(ofWordAt frame: Int) -> Origin {
    switch state {
    case .decided(let end): frame - end <= settings.afterburstWithin ? .afterDecision : .fresh
    case .idle, .word: .fresh
    }
  }

  private func isAfterburst(_ word: DetectedWord, _ origin: Origin) -> Bool {
    switch origin {
    case .fresh: false
    case .afterDecision: word.soundingFrames < settings.afterburstShorterThan
    }
  }

  private mutating func conclude(_ word: DetectedWord, _ ending: WordEnding, _ origin: Origin) -> Step {
    guard !isAfterburst(word, origin) else {
      state = .decided(end: word.end)
      return .nothing
    }
    state = .idle
    switch ending {
    case .gap, .interrupted:
      return .conclude(word, quietly: origin == .afterDecision)
    case .tooShort:
      return word.soundingFrames >= settings.tooShortFrom ? .reject(.tooShort, word) : .nothing
    case .tooLong:
      return .search(word, otherwise: .tooLong)
    case .background, .overtaken:
      return .nothing
    }
  }
}
