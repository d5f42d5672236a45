package import AudioInput
import JSON
package import VoiceActivity
import Wording

/// Findings about a room and its microphone, and what to do about them.
package struct RoomReport: Sendable, Equatable {
  package enum Severity: String, Sendable, Equatable {
    case good, note, problem
  }

  package struct Finding: Sendable, Equatable {
    package var severity: Severity
    /// Its key: `noise`, `hum`, …
    package var subject: String
    package var sentence: String
    /// What to do, if anything.
    package var advice: String?
  }

  /// The state of several channels.
  package struct Channels: Sendable, Equatable {
    /// They cancel each other; only this one was used, counted from 1.
    package var heardAlone: Int?
    /// These are silent while others are not.
    package var dead: ChannelSet

    package init(heardAlone: Int? = nil, dead: ChannelSet = []) {
      self.heardAlone = heardAlone
      self.dead = dead
    }
  }

  package let analysis: RoomAnalysis
  private let channels: Channels
  package let findings: [Finding]

  /// - Parameter lostMs: how much sound was lost while it listened.
  package init(_ analysis: RoomAnalysis, lostMs: Int = 0, channels: Channels = Channels()) {
    self.analysis = analysis
    self.channels = channels
    var findings: [Finding] = []
    func add(_ severity: Severity, _ subject: String, _ sentence: String, _ advice: String? = nil) {
      findings.append(Finding(severity: severity, subject: subject, sentence: sentence, advice: advice))
    }
    let level = { (value: Double) in "\(decimal(value, 0)) dBFS" }

    if analysis.sampleRate < VoiceFrame.sampleRate {
      add(
        .problem, "rate", "the sample rate is \(analysis.sampleRate) Hz: too low to tell digits apart",
        "use a device that has \(VoiceFrame.sampleRate) Hz or more")
    }
    if analysis.isDead {
      add(
        .problem, "muted", "there is nothing at all, not even noise: the microphone is muted or not connected",
        "unmute it: alsamixer (F4, then M), or wpctl set-mute @DEFAULT_AUDIO_SOURCE@ 0")
      self.findings = findings
      return
    }
    if let heard = channels.heardAlone {
      let finding = ChannelFinding.cancelling(heard: heard)
      add(.problem, "cancelling", finding.sentence, finding.advice)
    }
    if !channels.dead.isEmpty {
      let finding = ChannelFinding.dead(channels.dead)
      add(.note, "dead", finding.sentence, finding.advice)
    }
    if analysis.clippedShare > 0.002 {
      add(
        .problem, "clipping", "\(percent(analysis.clippedShare, 1)) of the time it is too loud and clipped",
        Self.clippingAdvice)
    }
    let floor = analysis.noiseFloor
    switch floor {
    case (-35)...:
      add(
        .problem, "noise", "the room is loud: the noise floor is \(level(floor))",
        "move the microphone nearer to the speaker or away from the source of the noise")
    case (-50)..<(-35): add(.note, "noise", "the room is somewhat noisy: the noise floor is \(level(floor))")
    case _ where analysis.isDisturbed: add(.good, "noise", "between the words the noise floor is \(level(floor))")
    default: add(.good, "noise", "the room is quiet: the noise floor is \(level(floor))")
    }
    if analysis.isDisturbed {
      add(
        .note, "talk", "somebody talks, or a television is on, in the half that should be quiet",
        "calibrate again when it is quiet: digitd hears whatever sounds like a digit")
    }
    if analysis.hasVoice {
      switch (analysis.loudness, analysis.range) {
      case (..<(-48), _):
        add(
          .problem, "voice", "the voice is very quiet: \(level(analysis.loudness))",
          "turn the capture gain up (alsamixer, F4) or speak nearer to the microphone")
      case (_, ..<18):
        add(
          .note, "voice",
          "the voice is only \(decimal(analysis.range, 0)) dB above the noise, at \(level(analysis.loudness))",
          "speak nearer to the microphone: 20 dB and more is good")
      default:
        add(
          .good, "voice",
          "the voice is \(decimal(analysis.range, 0)) dB above the noise, at \(level(analysis.loudness))")
      }
    } else {
      add(.note, "voice", "no speech was heard", "try again, and say a few digits")
    }
    if let hum = analysis.hum, hum.level > floor - 15, hum.level > -75 {
      let isLoud = hum.level > -45
      add(
        isLoud ? .problem : .note, "hum",
        "the mains hum at \(hum.frequency) Hz and its multiples, at \(level(hum.level))",
        isLoud ? "use another cable or supply; digitd filters only what is below 80 Hz" : nil)
    }
    let offset = analysis.offset.magnitude
    if offset > 0.2 {
      add(
        .problem, "offset", "the signal has a DC offset of \(percent(analysis.offset, 0)) of full scale",
        "it leaves little room for the voice: check the wiring and the driver's settings")
    } else if offset > 0.01 {
      add(
        .note, "offset",
        "the signal has a DC offset of \(percent(analysis.offset, 1)) of full scale; digitd removes it")
    }
    if lostMs > 0 {
      add(
        .problem, "loss", "\(lostMs) ms of sound were lost while listening",
        "the machine is too busy, or the device stalls")
    }
    self.findings = findings
  }

  static let clippingAdvice = "turn the capture gain down (alsamixer, F4) or move the microphone away"

  package var hasProblem: Bool { findings.contains { $0.severity == .problem } }

  /// For a person: a line for each finding, with the advice below it.
  package func text(marks: (good: String, note: String, problem: String) = ("✓", "·", "✗")) -> String {
    findings.flatMap { finding in
      let mark =
        switch finding.severity {
        case .good: marks.good
        case .note: marks.note
        case .problem: marks.problem
        }
      return ["\(mark) \(finding.sentence)"] + (finding.advice.map { ["    \($0)"] } ?? [])
    }.joined(separator: "\n")
  }

  package var json: String {
    var object: JSONObject = [
      "sample_rate": .integer(analysis.sampleRate),
      "seconds": .rounded(analysis.seconds, 3),
      "noise_floor_dbfs": .rounded(analysis.noiseFloor, 1),
      "loudness_dbfs": .rounded(analysis.loudness, 1),
      "peak_dbfs": .rounded(analysis.peak, 1),
      "offset": .rounded(analysis.offset, 6),
      "clipped": .rounded(analysis.clippedShare, 6),
      "silent": .bool(analysis.isDead),
      "voice": .bool(analysis.hasVoice),
    ]
    object["hum"] =
      analysis.hum.map {
        .object([
          "frequency": .integer($0.frequency), "dbfs": .rounded($0.level, 1),
          "prominence_db": .rounded($0.prominence, 1),
        ])
      } ?? .null
    object["findings"] = .array(
      findings.map { finding in
        var entry: JSONObject = [
          "subject": .string(finding.subject), "severity": .string(finding.severity.rawValue),
          "sentence": .string(finding.sentence),
        ]
        if let advice = finding.advice { entry["advice"] = .string(advice) }
        return .object(entry)
      })
    object["talked_into"] = .bool(analysis.isDisturbed)
    object["cancelling_channels"] = .bool(channels.heardAlone != nil)
    object["dead_channels"] = .array(channels.dead.numbers.map(JSONValue.integer))
    return JSONValue.object(object).text
  }
}
