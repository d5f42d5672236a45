import JSON

extension EventEnvelope {
  /// The most bytes a line may have, its newline included.
  public static let maximumLine = 65_535

  /// The event as one line of JSON, its newline included; never more than `maximumLine` bytes.
  public func line() -> [UInt8] {
    var writer = JSONWriter()
    write(into: &writer)
    if writer.bytes.count >= Self.maximumLine {
      // Strings are cut, so this happens only with a list of absurd length.
      writer = JSONWriter()
      let failure = Event.Failure(text: "a \(event.type) event was too long for a line", code: .tooLarge)
      EventEnvelope(time: time, sequence: sequence, event: .error(failure)).write(into: &writer)
    }
    writer.append(byte: UInt8(ascii: "\n"))
    return writer.bytes
  }

  private func write(into writer: inout JSONWriter) {
    writer.object { writer in
      writer.member("type", event.type)
      writer.name("data")
      writer.object { writer in
        writer.member("time", time.description)
        writer.member("sequence", sequence)
        event.write(into: &writer)
      }
    }
  }
}

extension Event {
  fileprivate func write(into writer: inout JSONWriter) {
    switch self {
    case .hello(let hello): hello.write(into: &writer)
    case .voiceStarted(let boundary), .voiceStopped(let boundary): writer.member("timestamp", boundary.timestamp)
    case .transcript(let transcript):
      writer.text("text", transcript.guess.text)
      if let latin = transcript.guess.latin { writer.text("latin", latin) }
      writer.member("digit", transcript.guess.digit)
      writer.text("spoken", transcript.spoken)
      transcript.guess.writeShares(into: &writer)
      transcript.timing.write(into: &writer)
    case .number(let number):
      number.write(into: &writer)
    case .recordingTranscript(let answer):
      if let number = answer.number { number.write(into: &writer) } else { writer.member("text", "") }
    case .notDetected(let rejection): rejection.write(into: &writer)
    case .level(let level): level.write(into: &writer)
    case .spectrum(let spectrum): spectrum.write(into: &writer)
    case .device(let device):
      writer.text("state", device.state.rawValue)
      writer.text("name", device.name)
      if let lostMs = device.lostMs { writer.member("lost_ms", lostMs) }
    case .condition(let condition):
      writer.text("condition", condition.condition.rawValue)
      writer.member("on", condition.on)
    case .overrun(let overrun): writer.member("lost_ms", overrun.lostMs)
    case .dropped(let dropped): writer.member("count", dropped.count)
    case .info(let info): info.write(into: &writer)
    case .status(let status): status.write(into: &writer)
    case .pong(let pong):
      if let text = pong.text { writer.text("text", text) }
    case .subscribed(let subscription): writer.texts("events", subscription.events)
    case .error(let failure):
      writer.text("text", failure.text)
      writer.text("code", failure.code.rawValue)
    case .unknown(_, let data):
      for member in data.members where member.name != "time" && member.name != "sequence" {
        writer.name(member.name)
        writer.value(member.value)
      }
    }
  }
}

extension Event.Guess {
  fileprivate func writeShares(into writer: inout JSONWriter) {
    writer.member("confidence", confidence, decimals: 6)
    writer.name("probabilities")
    writer.array { writer in
      for probability in probabilities { writer.value(probability, decimals: 6) }
    }
  }
}

extension Event.NotDetected {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.text("reason", reason.rawValue)
    timing.write(into: &writer)
    writer.name("best_guess")
    guard let bestGuess else { return writer.null() }
    writer.object { writer in
      writer.member("digit", bestGuess.digit)
      writer.text("text", bestGuess.text)
      if let latin = bestGuess.latin { writer.text("latin", latin) }
      bestGuess.writeShares(into: &writer)
    }
  }
}

extension Event.Number {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.text("digits", digits)
    writer.text("text", text)
    if let latin { writer.text("latin", latin) }
    writer.member("complete", isComplete)
    writer.member("confidence", confidence, decimals: 6)
    writer.name("words")
    writer.array { writer in
      for word in words { writer.value(word.json, decimals: 6) }
    }
    writer.name("alternatives")
    writer.array { writer in
      for alternative in alternatives {
        writer.object { writer in
          writer.text("digits", alternative.digits)
          writer.member("confidence", alternative.confidence, decimals: 6)
        }
      }
    }
    writer.member("start_ms", startMs)
    writer.member("end_ms", endMs)
    writer.member("decided_ms", decidedMs)
  }
}

extension Event.Timing {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.member("start_ms", startMs)
    writer.member("end_ms", endMs)
    writer.member("decided_ms", decidedMs)
    writer.member("compute_ms", computeMs, decimals: 3)
  }
}

extension Event.Level {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.decibels("rms_dbfs", rmsDBFS)
    writer.decibels("peak_dbfs", peakDBFS)
    writer.decibels("noise_floor_dbfs", noiseFloorDBFS)
    writer.decibels("threshold_dbfs", thresholdDBFS)
    writer.member("speech", speech)
  }
}

extension Event.Spectrum {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.member("timestamp", timestamp)
    writer.name("bands_dbfs")
    writer.array { writer in
      for level in bandsDBFS { writer.value(min(max(level, -200), 200)) }
    }
  }
}

extension Event.Hello {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.text("service", service)
    writer.text("version", version)
    writer.member("protocol", protocolVersion)
    writer.text("session", session)
    writer.text("model", model)
    writer.text("language", language)
    writer.texts("labels", labels)
    writer.text("device", device)
    writer.text("state", state.rawValue)
    writer.texts("conditions", conditions.map(\.rawValue))
  }
}

extension Event.Status {
  fileprivate func write(into writer: inout JSONWriter) {
    writer.text("version", version)
    writer.text("session", session)
    writer.text("model", model)
    writer.text("language", language)
    writer.text("device", device)
    writer.text("state", state.rawValue)
    writer.texts("conditions", conditions.map(\.rawValue))
    writer.member("uptime_s", uptimeSeconds, decimals: 3)
    writer.member("frames", frames)
    writer.member("sample_rate", sampleRate)
    writer.member("overruns", overruns)
    writer.member("lost_ms", lostMs)
    writer.member("utterances", utterances)
    writer.member("transcripts", transcripts)
    if let lastDigit {
      writer.member("last_digit", lastDigit.digit)
      writer.member("last_digit_time", lastDigit.time.description)
    }
    writer.name("turned_down")
    writer.object { writer in
      for (reason, count) in rejections.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        writer.member(reason.rawValue, count)
      }
    }
    writer.decibels("noise_floor_dbfs", noiseFloorDBFS)
    writer.member("subscribers", subscribers)
    writer.member("dropped", dropped)
    writer.member("cpu_s", cpuSeconds, decimals: 3)
    writer.member("memory_bytes", memoryBytes)
  }
}

extension Event.Info {
  /// The form of Wyoming's `info`: every artifact has a name, an attribution, a description, a version.
  fileprivate func write(into writer: inout JSONWriter) {
    writer.name("asr")
    writer.array { writer in
      writer.object { writer in
        writer.artifact(name: name, description: description, version: version)
        writer.member("supports_transcript_streaming", false)
        writer.member("requires_external_vad", false)
        writer.member("prefers_auto_gain_enabled", false)
        writer.member("prefers_noise_reduction_enabled", false)
        writer.name("models")
        writer.array { writer in
          for model in models {
            writer.object { writer in
              writer.artifact(name: model.name, description: model.description, version: model.version)
              writer.texts("languages", model.languages)
            }
          }
        }
      }
    }
    for domain in ["tts", "handle", "intent", "wake", "mic", "snd"] {
      writer.name(domain)
      writer.array { _ in }
    }
  }
}

extension JSONWriter {
  /// Strings are cut to at most this many bytes of UTF-8, before escaping, at a character boundary.
  private static var longestText: Int { 4096 }

  fileprivate mutating func text(_ name: String, _ text: String) {
    member(name, Self.cut(text))
  }

  fileprivate mutating func texts(_ name: String, _ texts: [String]) {
    member(name, texts.map(Self.cut))
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > longestText else { return text }
    var end = text.utf8.index(text.utf8.startIndex, offsetBy: longestText)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text[..<end])
  }

  fileprivate mutating func decibels(_ name: String, _ value: Double) {
    member(name, value.isNaN ? -200 : min(max(value, -200), 200), decimals: 2)
  }

  fileprivate mutating func artifact(name: String, description: String, version: String) {
    text("name", name)
    self.name("attribution")
    object { writer in
      writer.member("name", "digitd")
      writer.member("url", "")
    }
    member("installed", true)
    text("description", description)
    text("version", version)
  }
}
