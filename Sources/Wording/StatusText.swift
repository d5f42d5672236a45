import Events

extension Event.Status {
  /// The counters for a person, a line each.
  package var text: String {
    let reasons = rejections.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
      .filter { $0.value > 0 }.map { "\($0.value) \($0.key.words)" }
    // Numbers from a socket may be anything.
    let rejected = rejections.values.reduce(0) { sum, count in
      let (total, overflow) = sum.addingReportingOverflow(count)
      return overflow ? .max : total
    }
    let rows: [(String, String)] = [
      ("state", state.sentence(about: device)),
      ("signal", signal),
      ("running for", duration(seconds: uptimeSeconds)),
      ("recognised", "\(transcripts) of \(utterances) utterances"),
      ("last digit", lastDigit.map { "\($0.digit), at \($0.time)" } ?? "none yet"),
      ("rejected", reasons.isEmpty ? "\(rejected)" : "\(rejected): \(reasons.joined(separator: ", "))"),
      ("noise floor", noiseFloorDBFS > -200 ? "\(decimal(noiseFloorDBFS, 1)) dBFS" : "not known yet"),
      ("lost", "\(duration(seconds: Double(lostMs) / 1000)) of sound, \(counted(overruns, "overrun"))"),
      ("heard", "\(duration(seconds: sampleRate > 0 ? Double(frames) / Double(sampleRate) : 0)) at \(sampleRate) Hz"),
      ("subscribers", "\(subscribers); \(counted(dropped, "event")) dropped"),
      ("uses", "\(byteCount(memoryBytes)) of memory, \(duration(seconds: cpuSeconds)) of processor time (\(load))"),
      ("model", printable(model) + (language.isEmpty ? "" : ", language \(printable(language))")),
      ("version", printable(version)),
    ]
    return Table(rows: rows.map { [$0.0, $0.1] }).text
  }

  private var signal: String {
    conditions.isEmpty
      ? "nothing wrong" : conditions.map { Event.Condition(condition: $0, on: true).sentence }.joined(separator: "; ")
  }

  /// Processor time over time: "0.4 %".
  private var load: String {
    uptimeSeconds > 0 ? "\(percent(cpuSeconds / uptimeSeconds, 1))" : "–"
  }

  /// The counters in Prometheus's text format (exposition format 0.0.4).
  package var prometheus: String {
    var lines: [String] = []
    func metric(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
      lines.append("# HELP digitd_\(name) \(help)")
      lines.append("# TYPE digitd_\(name) \(type)")
      for sample in samples { lines.append("digitd_\(name)\(sample.labels) \(sample.value)") }
    }
    func counter(_ name: String, _ help: String, _ value: String) {
      metric(name, "counter", help, [("", value)])
    }
    func gauge(_ name: String, _ help: String, _ value: String) {
      metric(name, "gauge", help, [("", value)])
    }
    metric(
      "info", "gauge", "What is running.",
      [("{version=\(Self.label(version)),model=\(Self.label(model)),device=\(Self.label(device))}", "1")])
    metric(
      "device_state", "gauge", "1 for the state that the microphone is in.",
      Self.withUnknown(Event.Device.State.known, [state]).map {
        ("{state=\(Self.label($0.rawValue))}", $0 == state ? "1" : "0")
      })
    metric(
      "condition", "gauge", "1 for what is wrong with the signal now.",
      Self.withUnknown(Event.Condition.Name.known, conditions).map {
        ("{condition=\(Self.label($0.rawValue))}", conditions.contains($0) ? "1" : "0")
      })
    if let lastDigit {
      gauge("last_digit", "The last digit that was recognised.", "\(lastDigit.digit)")
      let seconds = Double(lastDigit.time.millisecondsSinceEpoch) / 1000
      gauge("last_digit_timestamp_seconds", "When that was, in seconds since 1970.", decimal(seconds, 3))
    }
    gauge("uptime_seconds", "Time since the start.", decimal(uptimeSeconds, 3))
    counter("frames_total", "Frames taken in, at the rate of the source.", "\(frames)")
    gauge("sample_rate_hertz", "The rate of the source.", "\(sampleRate)")
    counter("overruns_total", "Overruns of the capture buffer.", "\(overruns)")
    counter("lost_seconds_total", "Sound lost by overruns and outages.", decimal(Double(lostMs) / 1000, 3))
    counter("utterances_total", "Utterances heard.", "\(utterances)")
    counter("transcripts_total", "Digits recognised.", "\(transcripts)")
    let reasons = Self.withUnknown(
      Event.NotDetected.Reason.known, rejections.keys.sorted { $0.rawValue < $1.rawValue })
    metric(
      "turned_down_total", "counter", "Utterances that were rejected, by reason.",
      reasons.map { ("{reason=\(Self.label($0.rawValue))}", "\(rejections[$0] ?? 0)") })
    gauge("noise_floor_dbfs", "The noise floor, in dB relative to full scale.", decimal(noiseFloorDBFS, 1))
    gauge("subscribers", "Connections at this moment.", "\(subscribers)")
    counter("dropped_events_total", "Events dropped because a subscriber was too slow.", "\(dropped)")
    counter("cpu_seconds_total", "Processor time used.", decimal(cpuSeconds, 3))
    gauge("resident_memory_bytes", "Resident memory.", "\(memoryBytes)")
    return lines.joined(separator: "\n")
  }

  /// The known values, then those of a later daemon.
  private static func withUnknown<Value: Equatable>(_ known: [Value], _ values: [Value]) -> [Value] {
    known + values.filter { !known.contains($0) }
  }

  private static func label(_ value: String) -> String {
    var quoted = "\""
    for character in value {
      switch character {
      case "\\": quoted += "\\\\"
      case "\"": quoted += "\\\""
      case "\n": quoted += "\\n"
      default: quoted.append(character)
      }
    }
    return quoted + "\""
  }
}
