package import Events

/// Decides when to answer a client's recording while it arrives, and with what: the sound stream's events in, answers
/// out. A pure state machine on the stream's clock.
///
/// Digits are answered after a short pause, all in one transcript; later digits go into another. Non-digits are
/// answered later, because a digit may follow: "hm … seven".
package struct RecordingAnswers: Sendable {
  package struct Settings: Sendable, Equatable {
    /// ms without speech after which digits are answered.
    package var pause: Int
    /// ms without speech after which the answer is that there were no digits.
    package var patience: Int

    package init(pause: Int = 500, patience: Int = 1500) { (self.pause, self.patience) = (pause, patience) }
  }

  private let settings: Settings
  private var collector = ClipReading.Collector()
  private var isSpeech = false
  /// The end of the last speech, in ms.
  private var quietSince = 0
  /// Emitted digits whose number may still go on.
  private var openDigits = 0
  /// Whether the last thing said is a number that a pause has ended.
  private var hasPaused = false
  private var hasAnswered = false

  package init(settings: Settings = Settings()) { self.settings = settings }

  package mutating func take(_ event: Event) {
    switch event {
    case .voiceStarted: isSpeech = true
    case .voiceStopped(let boundary):
      isSpeech = false
      quietSince = max(quietSince, boundary.timestamp)
    case .transcript(let transcript):
      openDigits += 1
      said(until: transcript.timing.endMs)
    case .notDetected(let rejected): said(until: rejected.timing.endMs)
    case .number:
      openDigits = 0
      hasPaused = true
    default: return
    }
    collector.take(event)
  }

  private mutating func said(until ms: Int) {
    hasPaused = false
    quietSince = max(quietSince, ms)
  }

  /// The answer that is due when the stream has reached `ms`: a `recordingTranscript` or `notDetected`.
  package mutating func answer(at ms: Int) -> Event? {
    guard openDigits == 0 else { return nil }
    if collector.number != nil {
      guard hasPaused || !isSpeech && ms - quietSince >= settings.pause else { return nil }
    } else {
      guard hasWords, !isSpeech, ms - quietSince >= settings.patience else { return nil }
    }
    return answer(upTo: ms)
  }

  /// The recording is over and the stream has emitted all its events. Returns the answer that is still due. A recording
  /// that was never answered gets one now.
  package mutating func finish(at ms: Int) -> Event? {
    collector.number != nil || hasWords || !hasAnswered ? answer(upTo: ms) : nil
  }

  /// Whether anything longer than a click was said.
  private var hasWords: Bool {
    collector.events.contains { event in
      if case .notDetected(let rejected) = event { rejected.reason != .tooShort } else { true }
    }
  }

  private mutating func answer(upTo ms: Int) -> Event {
    defer {
      collector = ClipReading.Collector()
      hasAnswered = true
    }
    return ClipReading(collector, milliseconds: ms) { _, _ in 0 }.answer
  }
}
