import VoiceActivity

/// Listens to a stream: finds words, has them recognised, and tells what was said. The microphone, files and tests all
/// go through it.
///
/// Owned by one thread at a time. Calls back before it returns, in the order of time. Takes its memory at the start;
/// while nobody speaks nothing is allocated.
public final class Listener {
  private let settings: ListenerSettings
  private let recognizer: any UtteranceRecognizing
  private let clock: () -> Double
  private let wantsSpectrum: () -> Bool

  private var detector: VoiceActivityDetector
  private var words: WordStateMachine
  private var picker = BackgroundPicker()
  private var monitor = SignalMonitor()
  private var meter = LevelMeter()
  /// Made when somebody wants it for the first time.
  private lazy var spectrumMeter = SpectrumMeter()

  private var history: FrameHistory
  private var background = FrameHistory(keeping: VoiceFrame.perSecond)
  private var levels: RecentLevels
  private let frame: UnsafeMutableBufferPointer<Float>
  private var frameFill = 0

  /// Where frame `originFrame` lies on the stream's clock; moves at each loss.
  private var originMs = 0.0
  private var originFrame = 0
  /// All input taken in so far, on the stream's clock.
  private var inputMs = 0.0
  /// The mean of what a classification takes, in ms.
  private var computeMs = 0.0

  /// - Parameters:
  ///   - recognizer: called from within `process`, `skip` and `finish`, on the caller's thread.
  ///   - wantsSpectrum: whether anybody wants spectra now, asked before each is made, on the caller's thread.
  public convenience init(
    recognizer: any UtteranceRecognizing, settings: ListenerSettings = ListenerSettings(),
    wantsSpectrum: @escaping () -> Bool = { false }
  ) {
    let start = ContinuousClock.now
    let clock = {
      let elapsed = (ContinuousClock.now - start).components
      return Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) * 1e-15
    }
    self.init(recognizer: recognizer, settings: settings, wantsSpectrum: wantsSpectrum, clock: clock)
  }

  /// - Parameter clock: milliseconds since any moment, for measuring what a classification takes.
  package init(
    recognizer: any UtteranceRecognizing, settings: ListenerSettings, wantsSpectrum: @escaping () -> Bool = { false },
    clock: @escaping () -> Double
  ) {
    self.settings = settings
    self.recognizer = recognizer
    self.clock = clock
    self.wantsSpectrum = wantsSpectrum
    detector = VoiceActivityDetector(settings: settings.activity)
    words = WordStateMachine(settings: settings.words)
    let longest = settings.activity.longestWord + settings.activity.longestLookBack + settings.activity.wordGap
    history = FrameHistory(keeping: longest + BackgroundPicker.delay + settings.front + settings.back)
    levels = RecentLevels(longest: longest)
    frame = .allocate(capacity: VoiceFrame.length)
    frame.initialize(repeating: 0)
  }

  deinit { frame.deallocate() }

  /// Whether a stretch of speech is under way.
  public var isSpeech: Bool { detector.isSpeech }

  /// Whether nothing is under way: no stretch of speech, and no sound that may become a word. It takes a word 150 ms from
  /// its first loud frame to be decided (`WordSettings.shortestAttempt` and the least of `earliestQuiet`), so that sound
  /// may come that much later, in one piece, and no decision comes later for it.
  public var mayRest: Bool { !detector.isSpeech && !detector.isWord }

  /// Takes in some sound.
  ///
  /// - Parameters:
  ///   - samples: 8 kHz mono, −1…1, conditioned (see `AudioConditioner`); any number.
  ///   - inputMs: how much input was taken in until now, in ms on the stream's clock, losses included.
  public func process(
    _ samples: UnsafeBufferPointer<Float>, inputMs: Double, emit: (ListenerEvent) -> Void
  ) {
    self.inputMs = inputMs
    var rest = samples[...]
    while !rest.isEmpty {
      let taken = min(rest.count, VoiceFrame.length - frameFill)
      let target = UnsafeMutableBufferPointer(rebasing: frame[frameFill..<frameFill + taken])
      _ = target.update(from: rest.prefix(taken))
      frameFill += taken
      rest = rest.dropFirst(taken)
      guard frameFill == VoiceFrame.length else { return }
      frameFill = 0
      process(frame: UnsafeBufferPointer(frame), emit: emit)
    }
  }

  /// Some sound was lost: ends the utterance in progress and moves the clock on.
  public func skip(milliseconds: Double, emit: (ListenerEvent) -> Void) {
    interrupt(emit: emit)
    // What lies of a frame that will not be whole belongs to the stream all the same.
    originMs += Double(frameFill * 1000) / Double(VoiceFrame.sampleRate)
    frameFill = 0
    putClockForward(milliseconds: milliseconds)
  }

  /// Nothing was lost, but the stream's clock moves on. A word that is under way would become longer: see `mayRest`.
  public func putClockForward(milliseconds: Double) {
    originMs = streamMs(ofFrame: detector.frames) + max(0, milliseconds)
    originFrame = detector.frames
    inputMs += max(0, milliseconds)
  }

  /// The stream is over: ends the utterance in progress.
  public func finish(emit: (ListenerEvent) -> Void) {
    if frameFill > 0 {
      frame[frameFill...].update(repeating: 0)
      frameFill = 0
      process(frame: UnsafeBufferPointer(frame), emit: emit)
    }
    interrupt(emit: emit)
  }

  // MARK: a frame

  private func process(frame: UnsafeBufferPointer<Float>, emit: (ListenerEvent) -> Void) {
    history.append(frame)
    let level = VoiceFrame.level(of: frame)
    levels.append(level)
    for action in detector.process(level: level) { process(action, emit: emit) }
    admitBackground()
    if let reading = meter.process(frame, thresholds: detector.thresholds, speech: detector.isSpeech) {
      emit(.level(reading))
      if wantsSpectrum(), let spectrumMeter {
        let bands = spectrumMeter.read(history.frames(fromAge: SpectrumMeter.frames))
        emit(.spectrum(SoundSpectrum(timestamp: milliseconds(ofFrame: detector.frames), bandsDBFS: bands)))
      }
    }
    switch monitor.process(SignalMonitor.FrameShape(of: frame)) {
    case .silent(let isOn): emit(.condition(.silent, on: isOn))
    case .clipping(let isOn): emit(.condition(.clipping, on: isOn))
    case nil: break
    }
  }

  private func admitBackground() {
    let candidate = detector.frames - BackgroundPicker.delay
    guard candidate >= 0, picker.admits(candidate) else { return }
    background.append(history.frames(fromAge: BackgroundPicker.delay, toAge: BackgroundPicker.delay - 1))
  }

  private func interrupt(emit: (ListenerEvent) -> Void) {
    for action in detector.interrupt() { process(action, emit: emit) }
    words.interrupt()
  }

  private func process(_ action: VoiceActivityAction, emit: (ListenerEvent) -> Void) {
    switch action {
    case .speechStarted(let frame): emit(.voiceStarted(timestamp: milliseconds(ofFrame: frame)))
    case .speechStopped(let frame): emit(.voiceStopped(timestamp: milliseconds(ofFrame: frame)))
    case .wordStarted, .paused, .wordResumed, .wordEnded: break
    }
    picker.process(action)
    switch words.process(action, mayAttempt: hasTime) {
    case .nothing:
      break
    case .attempt(let word, let quietFrames):
      let heard = hear(word)
      let recognition = judge(heard)
      guard words.decide(recognition, for: word, quietFrames: quietFrames) else { break }
      detector.settleWord()
      picker.settle(word)
      tell(recognition.guess, heard, until: detector.frames, emit: emit)
    case .conclude(let word, let quietly):
      let heard = hear(word)
      switch judge(heard).decision {
      case .digit(let guess):
        tell(guess, heard, until: detector.frames, emit: emit)
      case .rejected(let reason, let guess):
        guard !tellDigits(within: word, emit: emit), !quietly else { break }
        guard heard.voicedFrames >= settings.words.toldFromVoiced else { break }
        emit(.notDetected(words.reason(reason, for: word), guess, heard.utterance))
      }
    case .search(let word, let reason):
      guard !tellDigits(within: word, emit: emit) else { break }
      reject(word, reason, emit: emit)
    case .reject(let reason, let word):
      reject(word, reason, emit: emit)
    }
  }

  // MARK: a word

  /// Whether there is time for classifications that may be in vain.
  private var hasTime: Bool { computeMs <= settings.tentativeBudgetMs }

  private func tell(_ guess: Guess, _ heard: HeardWord, until end: Int, emit: (ListenerEvent) -> Void) {
    // What was said is not among the sounds that the next word stands among.
    levels.leaveOut(heard.word.start..<end)
    emit(.transcript(guess, heard.utterance))
  }

  private func reject(_ word: DetectedWord, _ reason: RejectionReason, emit: (ListenerEvent) -> Void) {
    guard voicedFrames(of: word) >= settings.words.toldFromVoiced else { return }
    emit(.notDetected(reason, nil, place(of: word, computeMs: 0)))
  }

  private func hear(_ word: DetectedWord) -> HeardWord {
    let before = clock()
    let answer = recognizer.recognize(
      samples(of: word, front: settings.front, back: settings.back), background: background.latest())
    let voicedFrames = voicedFrames(of: word)
    let elapsed = clock() - before
    // One that was held up, by a machine that slept or pages that had to be read, says little of the next.
    computeMs += 0.3 * (min(elapsed, 2 * settings.tentativeBudgetMs) - computeMs)
    return HeardWord(
      word: word, answer: answer, voicedFrames: voicedFrames, utterance: place(of: word, computeMs: elapsed))
  }

  private func judge(_ heard: HeardWord) -> Hypothesis {
    judge(heard, ongoing: ongoing(before: heard.word), isPart: false)
  }

  private func judge(_ heard: HeardWord, ongoing: Float, isPart: Bool) -> Hypothesis {
    words.judge(
      heard.answer, for: heard.word, voicedFrames: heard.voicedFrames, ongoing: ongoing, isPart: isPart)
  }

  /// The share of the second before a word that was about as loud.
  private func ongoing(before word: DetectedWord) -> Float {
    levels.share(before: word.start - 3, over: word.peak - settings.words.ongoingWithin)
  }

  // MARK: words within a cut

  /// Tells the digits that stand alone within a cut that is none as a whole: of those that overlap the surest, in the order
  /// of time. Where a classification takes long none are looked for, as none are tried before a word's end.
  ///
  /// - Returns: whether there are any.
  private func tellDigits(within word: DetectedWord, emit: (ListenerEvent) -> Void) -> Bool {
    guard hasTime else { return false }
    let found = parts(of: word).map(hear).filter {
      if case .digit = judge($0, ongoing: 0, isPart: true).decision { true } else { false }
    }
    var isAny = false
    for digit in HeardWord.surest(of: found) {
      // Now that those before it are told, they are not among the sounds that it stands among.
      let recognition = judge(digit, ongoing: ongoing(before: digit.word), isPart: true)
      guard case .digit(let guess) = recognition.decision else { continue }
      // What else lies in the cut was not told.
      tell(guess, digit, until: digit.word.end, emit: emit)
      isAny = true
    }
    return isAny
  }

  /// What may be a digit within a cut: what stands out most in it, as in a recording, and all that stands alone.
  private func parts(of word: DetectedWord) -> [DetectedWord] {
    let levels = UtteranceBounds.frameLevels(of: samples(of: word))
    let longest = levels.count - settings.shortestTrim
    guard longest >= settings.shortestPart else { return [] }
    let main = UtteranceBounds.mainUtterance(in: levels).map { [$0] } ?? []
    let tightest = UtteranceBounds.tightened(in: levels, longest: settings.longestDigit).suffix(1)
    let outstanding = (main + tightest).filter { (settings.shortestPart...longest).contains($0.count) }
    let isolated = IsolatedSounds.find(
      in: levels, gap: settings.isolatingGap, lengths: settings.shortestPart...min(longest, settings.longestDigit))
    return (outstanding + isolated.filter { !outstanding.contains($0) }).map {
      var part = word
      part.start = word.start + $0.lowerBound
      part.end = word.start + $0.upperBound
      part.soundingFrames = min(word.soundingFrames, $0.count)
      part.peak = levels[$0].max() ?? word.peak
      return part
    }
  }

  /// How many frames of a voice there are in a word, as far as anybody wants to know.
  private func voicedFrames(of word: DetectedWord) -> Int {
    Voicing.voicedFrames(
      in: samples(of: word, back: settings.back), correlation: settings.words.voicedCorrelation,
      limit: max(settings.words.plainFromVoiced.max() ?? 0, settings.words.toldFromVoiced))
  }

  private func samples(of word: DetectedWord, front: Int = 0, back: Int = 0) -> UnsafeBufferPointer<Float> {
    let now = detector.frames
    return history.frames(fromAge: now - word.start + front, toAge: now - min(now, word.end + back))
  }

  private func place(of word: DetectedWord, computeMs: Double) -> DecidedUtterance {
    DecidedUtterance(
      startMs: milliseconds(ofFrame: word.start), endMs: milliseconds(ofFrame: word.end),
      decidedMs: Int(inputMs.rounded(.up)), computeMs: computeMs)
  }

  private func streamMs(ofFrame frame: Int) -> Double {
    originMs + Double((frame - originFrame) * VoiceFrame.milliseconds)
  }

  private func milliseconds(ofFrame frame: Int) -> Int { Int(streamMs(ofFrame: frame).rounded()) }
}
