import digitctl
import EventFeed
import Events

/// What a daemon says, second by second from 2026-11-23T10:00:00Z.
enum WatchSamples {
  static func time(_ seconds: Double) -> WallTime {
    WallTime(millisecondsSinceEpoch: 1_795_428_000_000 + Int(seconds * 1000))
  }

  static let connected = EventClient.Update.connected(
    Event.Hello(
      version: "1.2", session: "5f3a", model: "digits", language: "en", labels: [], device: "default", state: .listening
    ))

  static func event(_ event: Event, at seconds: Double) -> EventClient.Update {
    .event(EventEnvelope(time: time(seconds), sequence: 0, event: event))
  }

  static func level(_ rms: Double, speech: Bool = false, at seconds: Double) -> EventClient.Update {
    event(
      .level(
        Event.Level(rmsDBFS: rms, peakDBFS: rms + 12, noiseFloorDBFS: -60, thresholdDBFS: -48, speech: speech)),
      at: seconds)
  }

  /// A tone in the eighth band over a room.
  static func tone(_ dBFS: Int, at seconds: Double) -> EventClient.Update {
    event(
      .spectrum(Event.Spectrum(timestamp: Int(seconds * 1000), bandsDBFS: (0..<32).map { $0 == 7 ? dBFS : -90 })),
      at: seconds)
  }

  static func guess(_ digit: Int, _ text: String, _ confidence: Double) -> Event.Guess {
    var probabilities = [Double](repeating: (1 - confidence) / 9, count: 10)
    probabilities[digit] = confidence
    return Event.Guess(text: text, digit: digit, confidence: confidence, probabilities: probabilities)
  }

  static func timing(wait: Int) -> Event.Timing {
    Event.Timing(startMs: 1000, endMs: 1400, decidedMs: 1400 + wait, computeMs: 2)
  }

  static func digit(_ digit: Int, _ text: String, _ confidence: Double, at seconds: Double) -> EventClient.Update {
    event(.transcript(Event.Transcript(guess: guess(digit, text, confidence), timing: timing(wait: 150))), at: seconds)
  }

  static func refusal(at seconds: Double) -> EventClient.Update {
    let refusal = Event.NotDetected(reason: .unsure, bestGuess: guess(3, "three", 0.41), timing: timing(wait: 240))
    return event(.notDetected(refusal), at: seconds)
  }

  static func device(_ state: Event.Device.State, lostMs: Int? = nil, at seconds: Double) -> EventClient.Update {
    event(.device(Event.Device(state: state, name: "default", lostMs: lostMs)), at: seconds)
  }

  static func watch(_ updates: [EventClient.Update]) -> Watch {
    var watch = Watch()
    for update in updates { watch.apply(update) }
    return watch
  }

  /// The same from a daemon that sends spectra.
  static var someTalkInColour: [EventClient.Update] {
    someTalk.enumerated().flatMap { index, update in
      let speaks = (31..<36).contains(index) || (71..<76).contains(index)
      return index == 0 ? [update] : [update, tone(speaks ? -20 : -90, at: Double(index - 1) / 10)]
    }
  }

  /// Ten seconds of a quiet room, in which "seven" is said, and something that is not understood.
  static var someTalk: [EventClient.Update] {
    var updates = [connected]
    for tenth in 0..<100 {
      let seconds = Double(tenth) / 10
      let speaks = (30..<35).contains(tenth) || (70..<75).contains(tenth)
      updates.append(level(speaks ? -24 : -58, speech: speaks, at: seconds))
      if tenth == 36 { updates.append(digit(7, "seven", 0.98, at: seconds)) }
      if tenth == 76 { updates.append(refusal(at: seconds)) }
    }
    return updates
  }
}
