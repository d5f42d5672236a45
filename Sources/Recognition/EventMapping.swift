import DigitNetwork
import Events

/// What the listener for single words and its recogniser say, as events.
package struct EventMapping: Sendable {
  /// The word for each digit, in the language of the model.
  private let words: [String]

  package init(model: ModelMetadata) {
    words = model.words
  }

  package func event(_ heard: ListenerEvent) -> Event {
    switch heard {
    case .voiceStarted(let timestamp): .voiceStarted(Event.VoiceBoundary(timestamp: timestamp))
    case .voiceStopped(let timestamp): .voiceStopped(Event.VoiceBoundary(timestamp: timestamp))
    case .transcript(let guess, let utterance):
      .transcript(Event.Transcript(guess: self.guess(guess), timing: Event.Timing(utterance)))
    case .notDetected(let reason, let guess, let utterance):
      .notDetected(
        Event.NotDetected(
          reason: Event.NotDetected.Reason(reason), bestGuess: guess.map(self.guess), timing: Event.Timing(utterance)))
    case .level(let level):
      .level(
        Event.Level(
          rmsDBFS: level.rmsDBFS, peakDBFS: level.peakDBFS, noiseFloorDBFS: level.noiseFloorDBFS,
          thresholdDBFS: level.thresholdDBFS, speech: level.speech))
    case .spectrum(let spectrum):
      .spectrum(
        Event.Spectrum(
          timestamp: spectrum.timestamp,
          bandsDBFS: spectrum.bandsDBFS.indices.map { Int(spectrum.bandsDBFS[$0]) }))
    case .condition(let condition, let on):
      .condition(Event.Condition(condition: Event.Condition.Name(rawValue: condition.rawValue), on: on))
    }
  }

  package func guess(_ guess: Guess) -> Event.Guess {
    Event.Guess(
      text: words.indices.contains(guess.digit) ? words[guess.digit] : "", digit: guess.digit,
      confidence: guess.confidence, probabilities: guess.probabilities)
  }
}

extension Event.NotDetected.Reason {
  package init(_ reason: RejectionReason) {
    self.init(rawValue: reason.rawValue)
  }
}

extension Event.Timing {
  package init(_ utterance: DecidedUtterance) {
    self.init(
      startMs: utterance.startMs, endMs: utterance.endMs, decidedMs: utterance.decidedMs,
      computeMs: utterance.computeMs)
  }
}
