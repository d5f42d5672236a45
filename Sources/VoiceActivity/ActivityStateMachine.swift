/// Cuts a stream of frame levels into stretches of speech, and those into words.
///
///     quiet ──► rising ──► word ◄──► pause
///       ▲         │          │         │
///       │         ▼          ▼         ▼
///       ├───── (quiet)    between ◄────┘      between: the word is over, the stretch of speech is not yet
///       └────────────────────┘
///
/// It keeps no sound and asks no clock: a level and the thresholds of the moment go in, actions come out.
package struct ActivityStateMachine: Sendable {
  package enum State: Sendable, Equatable {
    case quiet
    /// Over the onset threshold, but perhaps a click.
    case rising(Rise, in: Stretch?)
    case word(Word, in: Stretch)
    case pause(Pause, after: Word, in: Stretch)
    /// Within a stretch of speech, after a word.
    case between(Stretch)
  }

  /// A stretch of speech.
  package struct Stretch: Sendable, Equatable {
    /// The last frame over the release threshold; after a word only where as many in a row are as make it go on, for single
    /// ticks are no speech.
    var lastSound: Int
    /// Frames over that threshold in a row since the word's end.
    var over = 0
    /// The end of the word before, which the next one must not reach back into.
    var lastWordEnd: Int
  }

  /// A sound that may turn out to be a word.
  package struct Rise: Sendable, Equatable {
    var start: Int
    var over: Int
    var dips: Int
    var peak: Float
  }

  /// The word in progress.
  package struct Word: Sendable, Equatable {
    var start: Int
    var soundingFrames: Int
    var loudness: LoudnessHistory
    /// Frames in a row that rise far over everything that was long ago.
    var overtaking: Int

    var peak: Float { loudness.peak }

    /// Goes on after a pause, which ends with its resuming frames.
    mutating func resume(after pause: Pause) {
      soundingFrames += pause.resuming
      // The history is one of frames in a row: the quiet ones count.
      for _ in 0..<pause.frames - pause.resuming { loudness.add(VoiceFrame.silence) }
      for _ in 0..<pause.resuming { loudness.add(pause.resumingPeak) }
      overtaking = 0
    }
  }

  /// The word has fallen under the release threshold.
  package struct Pause: Sendable, Equatable {
    /// The first frame under the threshold.
    var start: Int
    var frames: Int
    /// Frames over the threshold again, in a row, and the loudest of them.
    var resuming = 0
    var resumingPeak = VoiceFrame.silence
    /// The frame after the word's soft tail.
    var tailEnd: Int
    /// The sum of the levels since the fall.
    var sum: Float
  }

  package private(set) var state = State.quiet
  private let settings: VoiceActivitySettings
  private var edge = EdgeRun()

  package init(settings: VoiceActivitySettings) {
    self.settings = settings
  }

  /// Whether a stretch of speech is under way.
  package var isSpeech: Bool {
    switch state {
    case .quiet, .rising(_, in: nil): false
    case .rising(_, in: .some), .word, .pause, .between: true
    }
  }

  /// Whether the frame just taken in may belong to a word.
  package var isWord: Bool {
    switch state {
    case .quiet, .between: false
    case .rising, .word, .pause: true
    }
  }

  /// Takes in the level of the next frame.
  package mutating func process(frame: Int, level: Float, thresholds: ActivityThresholds) -> VoiceActivityActions {
    edge.update(frame: frame, isOver: level > thresholds.edge, dips: settings.edgeDips)
    switch state {
    case .quiet:
      if level > thresholds.onset { state = .rising(rise(frame, level, after: nil), in: nil) }
      return VoiceActivityActions()
    case .rising(let rise, let stretch):
      return rising(rise, in: stretch, frame: frame, level: level, thresholds: thresholds)
    case .word(let word, let stretch):
      return sounding(word, in: stretch, frame: frame, level: level, thresholds: thresholds)
    case .pause(let pause, let word, let stretch):
      return pausing(pause, after: word, in: stretch, frame: frame, level: level, thresholds: thresholds)
    case .between(let stretch):
      return between(stretch, frame: frame, level: level, thresholds: thresholds)
    }
  }

  /// The stream ends before `frame`, or a part of it is lost there: ends whatever is in progress.
  package mutating func interrupt(frame: Int, thresholds: ActivityThresholds) -> VoiceActivityActions {
    defer {
      state = .quiet
      edge = EdgeRun()
    }
    switch state {
    case .quiet, .rising(_, in: nil):
      return VoiceActivityActions()
    case .rising(_, in: .some(let stretch)), .between(let stretch):
      return VoiceActivityActions(.speechStopped(frame: stretch.lastSound + 1))
    case .word(let word, _):
      return VoiceActivityActions(
        .wordEnded(detected(word, end: frame), ending(of: word, thresholds, otherwise: .interrupted)),
        .speechStopped(frame: frame))
    case .pause(let pause, let word, let stretch):
      return VoiceActivityActions(
        .wordEnded(detected(word, end: pause.tailEnd), ending(of: word, thresholds, otherwise: .interrupted)),
        .speechStopped(frame: stretch.lastSound + 1))
    }
  }

  /// The word whose pause it is now has been decided: what comes next is another word, however short the pause.
  package mutating func settle() {
    guard case .pause(let pause, _, var stretch) = state else { return }
    stretch.lastWordEnd = pause.tailEnd
    state = .between(stretch)
  }

  // MARK: one state each

  private mutating func rising(
    _ rise: Rise, in stretch: Stretch?, frame: Int, level: Float, thresholds: ActivityThresholds
  ) -> VoiceActivityActions {
    var rise = rise
    rise.peak = max(rise.peak, level)
    if level > thresholds.onset {
      rise.over += 1
      rise.dips = 0
    } else {
      rise.dips += 1
    }
    guard rise.dips <= settings.confirmationDips else {
      state = stretch.map(State.between) ?? .quiet
      return VoiceActivityActions()
    }
    guard rise.over >= settings.confirmation else {
      state = .rising(rise, in: stretch)
      return VoiceActivityActions()
    }
    let word = Word(
      start: rise.start, soundingFrames: rise.over,
      loudness: LoudnessHistory(peak: rise.peak, frames: frame + 1 - rise.start), overtaking: 0)
    state = .word(word, in: Stretch(lastSound: frame, lastWordEnd: rise.start))
    let started = VoiceActivityAction.wordStarted(frame: rise.start)
    return stretch == nil
      ? VoiceActivityActions(.speechStarted(frame: rise.start), started) : VoiceActivityActions(started)
  }

  private mutating func sounding(
    _ word: Word, in stretch: Stretch, frame: Int, level: Float, thresholds: ActivityThresholds
  ) -> VoiceActivityActions {
    var word = word
    var stretch = stretch
    if level > thresholds.release { stretch.lastSound = frame }
    guard level > release(of: word, thresholds) else {
      let isTail = edge.isUnbroken(at: frame, dips: settings.edgeDips)
      let pause = Pause(start: frame, frames: 1, tailEnd: isTail ? edge.end : frame, sum: level)
      state = .pause(pause, after: word, in: stretch)
      return pauseActions(pause, word)
    }
    word.soundingFrames += 1
    word.loudness.add(level)
    if frame - word.start >= settings.longestWord {
      return breakOff(word, in: stretch, end: frame + 1, thresholds: thresholds)
    }
    let rises = level > word.loudness.longAgo + settings.overtakingRise
    word.overtaking = rises && frame - word.start >= settings.overtakingAfter ? word.overtaking + 1 : 0
    if word.overtaking >= settings.confirmation {
      return overtake(word, in: stretch, frame: frame, thresholds: thresholds)
    }
    state = .word(word, in: stretch)
    return VoiceActivityActions()
  }

  private mutating func overtake(
    _ word: Word, in stretch: Stretch, frame: Int, thresholds: ActivityThresholds
  ) -> VoiceActivityActions {
    let start = max(word.start + 1, frame + 1 - word.loudness.recentFrames)
    let next = Word(
      start: start, soundingFrames: min(word.soundingFrames, frame + 1 - start),
      loudness: LoudnessHistory(peak: word.peak, frames: frame + 1 - start), overtaking: 0)
    state = .word(next, in: Stretch(lastSound: frame, lastWordEnd: start))
    var before = detected(word, end: start)
    before.soundingFrames = min(before.soundingFrames, start - word.start)
    before.peak = word.loudness.longAgo
    return VoiceActivityActions(.wordEnded(before, .overtaken), .wordStarted(frame: start))
  }

  private mutating func pausing(
    _ pause: Pause, after word: Word, in stretch: Stretch, frame: Int, level: Float, thresholds: ActivityThresholds
  ) -> VoiceActivityActions {
    var (pause, word, stretch) = (pause, word, stretch)
    if level > thresholds.release { stretch.lastSound = frame }
    pause.frames += 1
    pause.sum += level
    if level > release(of: word, thresholds) {
      pause.resuming += 1
      pause.resumingPeak = max(pause.resumingPeak, level)
      if pause.resuming >= settings.resumption {
        // A clatter whose pauses are all shorter than a word's end would else be one word for ever.
        if frame - word.start >= settings.longestWord {
          return breakOff(word, in: stretch, end: pause.tailEnd, thresholds: thresholds)
        }
        word.resume(after: pause)
        state = .word(word, in: stretch)
        return VoiceActivityActions(.wordResumed(frame: frame + 1 - pause.resuming))
      }
    } else {
      (pause.resuming, pause.resumingPeak) = (0, VoiceFrame.silence)
    }
    if edge.isUnbroken(at: frame, dips: settings.edgeDips), edge.start <= pause.start {
      pause.tailEnd = max(pause.tailEnd, min(edge.end, pause.start + settings.longestTail))
    }
    guard pause.frames >= settings.wordGap else {
      state = .pause(pause, after: word, in: stretch)
      return pauseActions(pause, word)
    }
    stretch.lastWordEnd = pause.tailEnd
    let ended = VoiceActivityAction.wordEnded(
      detected(word, end: pause.tailEnd), ending(of: word, thresholds, otherwise: .gap))
    return afterWord(stretch, frame: frame, then: ended)
  }

  private mutating func between(
    _ stretch: Stretch, frame: Int, level: Float, thresholds: ActivityThresholds
  ) -> VoiceActivityActions {
    var stretch = stretch
    stretch.over = level > thresholds.release ? stretch.over + 1 : 0
    if stretch.over >= settings.resumption { stretch.lastSound = frame }
    if level > thresholds.onset {
      // Of a rise that comes to nothing no frame counts for a run.
      stretch.over = 0
      state = .rising(rise(frame, level, after: stretch), in: stretch)
      return VoiceActivityActions()
    }
    return afterWord(stretch, frame: frame, then: nil)
  }

  // MARK: what several states share

  /// Ends a word that lasts longer than one may.
  private mutating func breakOff(
    _ word: Word, in stretch: Stretch, end: Int, thresholds: ActivityThresholds
  ) -> VoiceActivityActions {
    var stretch = stretch
    stretch.lastWordEnd = end
    state = .between(stretch)
    return VoiceActivityActions(
      .wordEnded(detected(word, end: end), ending(of: word, thresholds, otherwise: .tooLong)))
  }

  private mutating func afterWord(
    _ stretch: Stretch, frame: Int, then action: VoiceActivityAction?
  ) -> VoiceActivityActions {
    guard frame - stretch.lastSound >= settings.hangover else {
      state = .between(stretch)
      return VoiceActivityActions(action)
    }
    state = .quiet
    let stopped = VoiceActivityAction.speechStopped(frame: stretch.lastSound + 1)
    return action.map { VoiceActivityActions($0, stopped) } ?? VoiceActivityActions(stopped)
  }

  private func rise(_ frame: Int, _ level: Float, after stretch: Stretch?) -> Rise {
    let earliest = max(frame - settings.longestLookBack, stretch?.lastWordEnd ?? 0)
    return Rise(start: min(frame, max(edge.start, earliest)), over: 1, dips: 0, peak: level)
  }

  private func release(of word: Word, _ thresholds: ActivityThresholds) -> Float {
    max(thresholds.release, word.peak - settings.releaseUnderPeak)
  }

  private func ending(of word: Word, _ thresholds: ActivityThresholds, otherwise: WordEnding) -> WordEnding {
    if word.soundingFrames < settings.shortestWord { return .tooShort }
    return word.peak < thresholds.floor + settings.onsetOverFloor ? .background : otherwise
  }

  private func pauseActions(_ pause: Pause, _ word: Word) -> VoiceActivityActions {
    guard settings.plausibleEnds.contains(pause.frames) else { return VoiceActivityActions() }
    return VoiceActivityActions(
      .paused(
        detected(word, end: pause.tailEnd), quietFrames: pause.frames,
        fall: word.peak - pause.sum / Float(pause.frames)))
  }

  private func detected(_ word: Word, end: Int) -> DetectedWord {
    DetectedWord(
      start: word.start, end: end, soundingFrames: word.soundingFrames, peak: word.peak)
  }
}
