package import Events

/// When a client's recording is answered, as it comes, and with what: the sound stream's events in, answers out. A pure
/// state machine on the stream's clock.
///
/// Digits are answered when nothing more is said for a moment, all of them in one transcript; later ones in another. What
/// is no digit is answered later, because a digit may follow it: "hm … seven".
package struct RecordingAnswers: Sendable {
  /// ms without speech after which digits are answered, and after which it is said that there were none.
  package static let pause = 500
  package static let patience = 1500

  private var collector = ClipReading.Collector()
  private var isSpeech = false
  /// Where the last speech ended, in ms.
  private var quietSince = 0
  /// Digits that were told and whose number may go on.
  private var openDigits = 0
  /// Whether the last that was said is a number that is over, by a pause.
  private var hasPaused = false
  private var hasAnswered = false

  package init() {}

  package mutating func take(_ event: Event) {
    switch event {
    case .voiceStarted: isSpeech = true
    case .voiceStopped(let boundary):
      isSpeech = false
      quietSince = max(quietSince, boundary.timestamp)
    case .transcript(let told):
      openDigits += 1
      said(until: told.timing.endMs)
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

  /// The answer that is due when the stream has come to `ms`: a `recordingTranscript` or `notDetected`.
  package mutating func answer(at ms: Int) -> Event? {
    guard openDigits == 0 else { return nil }
    if collector.number != nil {
      guard hasPaused || !isSpeech && ms - quietSince >= Self.pause else { return nil }
    } else {
      guard hasWords, !isSpeech, ms - quietSince >= Self.patience else { return nil }
    }
    return answer(upTo: ms)
  }

  /// The recording is over, and the stream has told all of it: what is left to be answered. A recording that had no answer
  /// gets one.
  package mutating func finish(at ms: Int) -> Event? {
    collector.number != nil || hasWords || !hasAnswered ? answer(upTo: ms) : nil
  }

  /// Whether something was said that was more than a click.
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
