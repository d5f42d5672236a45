import AudioInput
import Foundation
import TestSupport
import Testing
import VoiceActivity
import digitctl

@Suite struct RoomReportTests {
  private func report(
    _ sound: RoomSound, lostMs: Int = 0, channels: RoomReport.Channels = RoomReport.Channels()
  ) -> RoomReport {
    RoomReport(
      RoomAnalysis(raw: sound.raw, sampleRate: RoomSound.rate, conditioned: sound.conditioned), lostMs: lostMs,
      channels: channels)
  }

  private func finding(_ report: RoomReport, _ subject: String) -> RoomReport.Finding? {
    report.findings.first { $0.subject == subject }
  }

  @Test func `a quiet room and a clear voice are good`() {
    let report = report(RoomSound(RoomSound.voice(0.2)))
    #expect(!report.hasProblem)
    #expect(finding(report, "noise")?.severity == .good)
    #expect(finding(report, "voice")?.severity == .good)
  }

  @Test func `talk in the quiet half is a note`() throws {
    let report = report(
      RoomSound { time in time.truncatingRemainder(dividingBy: 1) < 0.3 ? 0.05 * sin(1885 * time) : 0 })
    let talk = try #require(finding(report, "talk"))
    #expect(talk.severity == .note && talk.sentence.contains("somebody talks"))
    #expect(finding(report, "noise")?.sentence.hasPrefix("between the words the noise floor is -") == true)
    #expect(report.json.contains(#""talked_into": true"#))
    #expect(finding(self.report(RoomSound(RoomSound.voice(0.2))), "talk") == nil)
  }

  @Test(arguments: [(0.015, RoomReport.Severity.note), (0.06, .problem)])
  func `talk in the quiet half of a noisy room is told beside the noise`(
    noise: Double, severity: RoomReport.Severity
  ) throws {
    let report = report(
      RoomSound(noise: noise) { time in time.truncatingRemainder(dividingBy: 1) < 0.3 ? 0.3 * sin(1885 * time) : 0 })
    #expect(report.analysis.noiseFloor > -50)
    #expect(finding(report, "noise")?.severity == severity)
    #expect(finding(report, "talk")?.severity == .note)
  }

  @Test func `channels that cancel each other and dead ones are named`() throws {
    let report = report(
      RoomSound(RoomSound.voice(0.2)), channels: RoomReport.Channels(heardAlone: 2, dead: ChannelSet(rawValue: 0b1100)))
    #expect(report.hasProblem)
    #expect(try #require(finding(report, "cancelling")).sentence.contains("only channel 2 is heard"))
    #expect(try #require(finding(report, "dead")).sentence.contains("channels 3 and 4"))
    #expect(report.json.contains(#""dead_channels": [3, 4]"#))
  }

  @Test func `for a muted microphone nothing else is reported`() {
    let report = report(RoomSound([Float](repeating: 0, count: 2 * RoomSound.rate)))
    #expect(report.findings.map(\.subject) == ["muted"])
    #expect(report.hasProblem)
  }

  @Test func `a loud hum is a problem`() {
    let report = report(RoomSound { 0.01 * sin(2 * Double.pi * 50 * $0) })
    #expect(finding(report, "hum")?.severity == .problem)
  }

  @Test func `a clipped voice is a problem`() {
    #expect(finding(report(RoomSound(RoomSound.voice(3))), "clipping")?.severity == .problem)
  }

  @Test func `an offset is reported, and only a large one is a problem`() {
    #expect(finding(report(RoomSound { _ in 0.05 }), "offset")?.severity == .note)
    #expect(finding(report(RoomSound { _ in -0.3 }), "offset")?.severity == .problem)
    #expect(finding(report(RoomSound()), "offset") == nil)
  }

  @Test func `a loud room, a faint voice and losses are problems`() {
    #expect(finding(report(RoomSound(noise: 0.2)), "noise")?.severity == .problem)
    #expect(finding(report(RoomSound(noise: 0.0001, RoomSound.voice(0.004))), "voice")?.severity == .problem)
    #expect(finding(report(RoomSound(), lostMs: 120), "loss")?.sentence == "120 ms of sound were lost while listening")
  }

  @Test func `a recording without a voice is a note`() {
    #expect(finding(report(RoomSound()), "voice")?.severity == .note)
  }

  @Test func `the JSON has the numbers`() {
    let json = report(RoomSound(RoomSound.voice(0.2))).json
    #expect(json.hasPrefix(#"{"sample_rate": 16000, "seconds": 6.0, "noise_floor_dbfs": -68."#))
    #expect(json.contains(#""voice": true, "hum": null, "findings": [{"subject": "noise", "severity": "good""#))
  }
}
