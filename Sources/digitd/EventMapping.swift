import AudioInput
import EventFeed
import Recognition

// What the listener says, in the words of the feed.

extension Event {
  init(_ event: ListenerEvent) {
    switch event {
    case .voiceStarted(let timestamp): self = .voiceStarted(VoiceBoundary(timestamp: timestamp))
    case .voiceStopped(let timestamp): self = .voiceStopped(VoiceBoundary(timestamp: timestamp))
    case .transcript(let guess, let utterance):
      self = .transcript(Transcript(guess: Event.Guess(guess), timing: Timing(utterance)))
    case .notDetected(let reason, let guess, let utterance):
      self = .notDetected(
        NotDetected(
          reason: .init(rawValue: reason.rawValue), guess: guess.map(Event.Guess.init), timing: Timing(utterance)))
    case .level(let level):
      self = .level(
        Level(
          rmsDBFS: level.rmsDBFS, peakDBFS: level.peakDBFS, noiseFloorDBFS: level.noiseFloorDBFS,
          thresholdDBFS: level.thresholdDBFS, speech: level.speech))
    case .spectrum(let spectrum):
      let bands = spectrum.bandsDBFS
      self = .spectrum(Spectrum(timestamp: spectrum.timestamp, bandsDBFS: bands.indices.map { Int(bands[$0]) }))
    case .condition(let condition, let on):
      self = .condition(Condition(condition: .init(rawValue: condition.rawValue), on: on))
    }
  }

  /// The decision on a recording of `milliseconds`.
  init(_ decision: Decision, recordingOf milliseconds: Int, computeMs: Double) {
    let timing = Timing(startMs: 0, endMs: milliseconds, decidedMs: milliseconds, computeMs: computeMs)
    switch decision {
    case .digit(let guess): self = .transcript(Transcript(guess: Event.Guess(guess), timing: timing))
    case .rejected(let reason, let guess):
      self = .notDetected(
        NotDetected(reason: .init(rawValue: reason.rawValue), guess: guess.map(Event.Guess.init), timing: timing))
    }
  }
}

extension Event.Guess {
  init(_ guess: Guess) {
    self.init(
      text: Self.words.indices.contains(guess.digit) ? Self.words[guess.digit] : "", digit: guess.digit,
      confidence: guess.confidence, probabilities: guess.probabilities)
  }
}

extension Event.Timing {
  init(_ utterance: DecidedUtterance) {
    self.init(
      startMs: utterance.startMs, endMs: utterance.endMs, decidedMs: utterance.decidedMs,
      computeMs: utterance.computeMs)
  }
}

extension Event.Device.State {
  init(_ state: DeviceState) {
    self.init(rawValue: state.rawValue)
  }
}
