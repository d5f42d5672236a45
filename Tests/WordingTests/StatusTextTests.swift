import Events
import Testing
import Wording

@Suite struct StatusTextTests {
  private static let status = Event.Status(
    version: "1.2", session: "5f3a", model: "digits", device: "plughw:CARD=\"x\"", state: .busy, uptimeSeconds: 7380,
    frames: 1_600_000, sampleRate: 16_000, overruns: 2, lostMs: 340, utterances: 12, transcripts: 7,
    rejections: [.unsure: 3, .tooShort: 2], noiseFloorDBFS: -61.24, subscribers: 3, dropped: 1, cpuSeconds: 36.9,
    memoryBytes: 12_345_678)

  @Test func `a person gets lines in words`() {
    #expect(
      Self.status.text == """
        state        another program has the microphone plughw:CARD="x"; waiting for it
        signal       nothing wrong
        running for  2 h 3 min
        recognised   7 of 12 utterances
        last digit   none yet
        rejected     5: 3 not sure, 2 too short
        noise floor  -61.2 dBFS
        lost         340 ms of sound, 2 overruns
        heard        1 min 40 s at 16000 Hz
        subscribers  3; 1 event dropped
        uses         12.3 MB of memory, 37 s of processor time (0.5 %)
        model        digits
        version      1.2
        """)
  }

  @Test func `conditions and the last digit are shown`() {
    var status = Self.status
    status.state = .paused
    status.conditions = [.silent, .init(rawValue: "haunted")]
    status.lastDigit = Event.Status.LastDigit(digit: 7, time: WallTime(millisecondsSinceEpoch: 1500))
    #expect(status.text.contains("signal       nothing but silence: is the microphone muted?; haunted began"))
    #expect(status.text.contains("last digit   7, at 1970-01-01T00:00:01.500Z"))
    let lines = status.prometheus.split(separator: "\n").map(String.init)
    for line in [
      #"digitd_device_state{state="paused"} 1"#, #"digitd_condition{condition="silent"} 1"#,
      #"digitd_condition{condition="clipping"} 0"#, #"digitd_condition{condition="haunted"} 1"#, "digitd_last_digit 7",
      "digitd_last_digit_timestamp_seconds 1.500",
    ] {
      #expect(lines.contains(line), "\(line)")
    }
  }

  @Test func `Prometheus samples are well formed`() throws {
    let lines = Self.status.prometheus.split(separator: "\n").map(String.init)
    var types: [String: String] = [:]
    for line in lines {
      if line.hasPrefix("# TYPE ") {
        let words = line.split(separator: " ")
        types[String(words[2])] = String(words[3])
      } else if !line.hasPrefix("#") {
        let name = try #require(line.split { $0 == "{" || $0 == " " }.first.map(String.init))
        let type = try #require(types[name], "\(name) has no type")
        #expect((type == "counter") == name.hasSuffix("_total"))
        let value = try #require(line.split(separator: " ").last)
        #expect(Double(value) != nil)
      }
    }
    #expect(lines.contains(#"digitd_info{version="1.2",model="digits",device="plughw:CARD=\"x\""} 1"#))
    #expect(lines.contains(#"digitd_device_state{state="busy"} 1"#))
    #expect(lines.contains(#"digitd_device_state{state="listening"} 0"#))
    #expect(lines.contains(#"digitd_turned_down_total{reason="unsure"} 3"#))
    #expect(lines.contains(#"digitd_turned_down_total{reason="too-quiet"} 0"#))
    #expect(lines.contains("digitd_lost_seconds_total 0.340"))
  }

  @Test func `impossible numbers are survived`() {
    for extreme in [Int.min, .max] {
      let status = Event.Status(
        frames: extreme, sampleRate: extreme, overruns: extreme, lostMs: extreme, utterances: extreme,
        transcripts: extreme, rejections: [.unsure: extreme, .tooShort: extreme, .tooLong: 1], subscribers: extreme,
        dropped: extreme, memoryBytes: extreme)
      #expect(status.text.contains("\(extreme) of \(extreme) utterances"))
      #expect(status.prometheus.contains("digitd_overruns_total \(extreme)"))
    }
  }
}
