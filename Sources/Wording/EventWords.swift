package import Events

// Events in a person's words.

extension Event.Device.State {
  /// A sentence about the microphone `name`.
  package func sentence(about name: String) -> String {
    let name = printable(name)
    return switch self {
    case .listening: "listening to \(name)"
    case .lost: "the microphone \(name) is not there; waiting for it"
    case .busy: "another program has the microphone \(name); waiting for it"
    case .denied: "no permission to use the microphone \(name)"
    case .paused: "paused: the microphone \(name) is closed until it is resumed"
    case .stalled: "no sound comes from the microphone \(name) any more; trying again"
    default: "the microphone \(name) is \(printable(rawValue))"
    }
  }

  /// What a daemon begins with: "listens to default".
  package func beginning(with name: String) -> String {
    let name = printable(name)
    return switch self {
    case .listening: "listens to \(name)"
    case .paused: "is paused, and has not opened \(name)"
    default: "waits for \(name)"
    }
  }
}

extension Event.NotDetected.Reason {
  /// Why something was rejected.
  package var words: String {
    switch self {
    case .tooShort: "too short"
    case .tooLong: "too long"
    case .tooQuiet: "too quiet"
    case .notADigit: "not a digit"
    case .unsure: "not sure"
    default: printable(rawValue)
    }
  }
}

extension Event.Condition {
  package var sentence: String {
    switch (condition, on) {
    case (.silent, true): "nothing but silence: is the microphone muted?"
    case (.silent, false): "there is sound again"
    case (.clipping, true): "too loud: the sound is clipped; turn the microphone down"
    case (.clipping, false): "no longer too loud"
    case (.hum, true): "a hum is louder than all else: the mains, or a motor near the microphone"
    case (.hum, false): "the hum is over"
    case (.cancellingChannels, true):
      "the channels cancel each other: only one is used; choose with --channel, or check the wiring"
    case (.cancellingChannels, false): "the channels no longer cancel each other"
    case (.deadChannel, true): "a channel gives nothing, while others do"
    case (.deadChannel, false): "all channels give sound again"
    case (_, true): "\(printable(condition.rawValue)) began"
    case (_, false): "\(printable(condition.rawValue)) ended"
    }
  }
}

extension Event.Overrun {
  package var sentence: String { "\(lostMs) ms of sound were lost" }
}

extension Event.Number {
  /// Whether a person gets a line for it: a single digit already has one.
  package var hasOwnLine: Bool { words.count > 1 }

  /// The digits, with a question mark for each part that was not understood.
  package var shownDigits: String { words.map { $0.digit.map(String.init) ?? "?" }.joined() }

  /// The number as a line for a person.
  package var sentence: String {
    "\(shownDigits)  \(printable(terminalText)), \(percent(confidence))\(isComplete ? "" : ", not all of it understood")"
  }
}

extension Event.Timing {
  /// From the end of the sound to the decision, in ms: how long the speaker has waited.
  package var waitMs: Double { max(0, Double(decidedMs) - Double(endMs)) + max(0, computeMs) }
}

extension Event.Spectrum {
  /// The bands as bars from −80 dBFS up, and the loudest band.
  var words: String {
    let bars = Array("▁▂▃▄▅▆▇█")
    let picture = bandsDBFS.map { bars[min((min(max($0, -80), 0) + 80) * bars.count / 80, bars.count - 1)] }
    guard let loudest = bandsDBFS.indices.max(by: { bandsDBFS[$0] < bandsDBFS[$1] }), bandsDBFS[loudest] > -100,
      Self.centres.indices.contains(loudest)
    else { return "silence" }
    return "\(String(picture))  \(bandsDBFS[loudest]) dBFS at \(decimal(Self.centres[loudest], 0)) Hz"
  }
}

extension EventEnvelope {
  /// The event as a line for a person, after the local time of day; nil for events that tell a person nothing.
  /// - Parameter utcOffset: the local time's distance from UTC, in seconds.
  package func words(utcOffset: Int) -> String? {
    event.words.map { "\(time.clock(utcOffset: utcOffset))  \($0)" }
  }
}

extension Event {
  /// The event as a line for a person, nil for none.
  package var words: String? {
    switch self {
    case .hello(let hello):
      "\(printable(hello.service)) \(printable(hello.version)) with the model \(printable(hello.model)): "
        + hello.state.sentence(about: hello.device)
    case .transcript(let transcript):
      "\(transcript.guess.digit)  \(padded(printable(transcript.guess.terminalText), 5))  \(percent(transcript.guess.confidence)), "
        + "\(decimal(transcript.timing.waitMs, 0)) ms after it was said"
    case .number(let number): number.hasOwnLine ? number.sentence : nil
    case .recordingTranscript(let answer): answer.number?.sentence ?? "–  no digit in the recording"
    case .notDetected(let rejection):
      "–  \(rejection.reason.words)"
        + (rejection.bestGuess.map { " (best guess \(printable($0.terminalText)), \(percent($0.confidence)))" } ?? "")
    case .voiceStarted: "speech begins"
    case .voiceStopped: "speech ends"
    case .level(let level):
      "\(decimal(level.rmsDBFS, 1)) dBFS, peak \(decimal(level.peakDBFS, 1)), noise \(decimal(level.noiseFloorDBFS, 1)), "
        + "threshold \(decimal(level.thresholdDBFS, 1))\(level.speech ? ", speech" : "")"
    case .spectrum(let spectrum): spectrum.words
    case .device(let device):
      device.state.sentence(about: device.name)
        + (device.lostMs.map { ", after \(duration(seconds: Double($0) / 1000)) without sound" } ?? "")
    case .condition(let condition): condition.sentence
    case .overrun(let overrun): overrun.sentence
    case .dropped(let dropped): "\(counted(dropped.count, "event")) dropped: this reader was too slow"
    case .error(let failure): "error: \(printable(failure.text))"
    case .info, .status, .pong, .subscribed, .unknown: nil
    }
  }
}

extension WallTime {
  /// The time of day: "10:51:09".
  package func clock(utcOffset: Int) -> String {
    WallTime(millisecondsSinceEpoch: millisecondsSinceEpoch + 1000 * utcOffset).description
      .split(separator: "T").last.map { String($0.prefix(8)) } ?? ""
  }
}
