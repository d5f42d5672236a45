import TerminalFace
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct RoomReportTests {
  private static let rate = 16_000

  /// Six seconds of noise, and what is added to it.
  private func room(noise: Double = 0.001, seed: UInt64 = 1, _ more: (Double) -> Double = { _ in 0 }) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<6 * Self.rate).map { index in
      let time = Double(index) / Double(Self.rate)
      return Float(min(1, max(-1, Double.random(in: -1...1, using: &generator) * noise + more(time))))
    }
  }

  /// Half as many samples a second and no DC: enough of a front end for the levels.
  private func report(
    _ raw: [Float], lostMs: Int = 0, channels: RoomReport.Channels = RoomReport.Channels()
  ) -> RoomReport {
    let mean = raw.reduce(0, +) / Float(raw.count)
    let conditioned = stride(from: 0, to: raw.count - 1, by: 2).map { (raw[$0] + raw[$0 + 1]) / 2 - mean }
    return RoomReport(
      RoomAnalysis(raw: raw, sampleRate: Self.rate, conditioned: conditioned), lostMs: lostMs,
      channels: channels)
  }

  /// A second of a loud tone of 300 Hz, in place of a voice.
  private func voice(_ amplitude: Double) -> (Double) -> Double {
    { time in (4..<5).contains(time) ? amplitude * sin(2 * Double.pi * 300 * time) : 0 }
  }

  private func finding(_ report: RoomReport, _ subject: String) -> RoomReport.Finding? {
    report.findings.first { $0.subject == subject }
  }

  @Test func aQuietRoomAndAClearVoiceAreGood() throws {
    let report = report(room(voice(0.2)))
    #expect(!report.hasProblem)
    // Noise of ±0.001 has an RMS of 0.001 / √3, halved in power by the mean of two samples: −68.2 dBFS.
    #expect(abs(report.analysis.noiseFloor - -68.2) < 1)
    // The tone's 0.2 / √2.
    #expect(abs(report.analysis.loudness - -17) < 0.5)
    #expect(report.analysis.hasVoice)
    #expect(finding(report, "noise")?.severity == .good)
    #expect(finding(report, "voice")?.severity == .good)
    #expect(report.analysis.hum == nil)
  }

  @Test func aTelevisionIsNotQuiet() throws {
    // Given a word each second, from the beginning on
    let report = report(room { time in time.truncatingRemainder(dividingBy: 1) < 0.3 ? 0.05 * sin(1885 * time) : 0 })
    let noise = try #require(finding(report, "noise"))
    #expect(noise.severity == .note && noise.sentence.contains("somebody talks"))
    #expect(report.analysis.isTalkedInto && report.json.contains(#""talked_into": true"#))
  }

  @Test func oneWordInTheQuietHalfIsNoTelevision() {
    // A cough at a second and a half, then quiet, then the digits
    let report = report(room { time in (1.6..<1.9).contains(time) ? 0.05 * sin(1885 * time) : voice(0.2)(time) })
    #expect(!report.analysis.isTalkedInto)
    #expect(finding(report, "noise")?.severity == .good)
  }

  @Test func channelsThatCancelAndDeadOnesAreNamed() throws {
    let report = report(room(voice(0.2)), channels: RoomReport.Channels(heardAlone: 2, dead: [3, 4]))
    #expect(report.hasProblem)
    #expect(try #require(finding(report, "cancelling")).sentence.contains("only channel 2 was heard"))
    #expect(try #require(finding(report, "dead")).sentence.contains("channel 3, 4"))
    #expect(report.json.contains(#""dead_channels": [3, 4]"#))
  }

  @Test func aMutedMicrophoneIsSaidAndNothingElse() {
    for level: Float in [0, 0.25] {
      let report = report([Float](repeating: level, count: 2 * Self.rate))
      #expect(report.findings.map(\.subject) == ["muted"])
      #expect(report.hasProblem && report.analysis.isDead)
    }
  }

  @Test(arguments: [50, 60], [1.0, 3.0]) func theMainsAreHeard(base: Int, harmonic: Double) throws {
    let report = report(room { time in 0.01 * sin(2 * Double.pi * Double(base) * harmonic * time) })
    let hum = try #require(report.analysis.hum)
    #expect(hum.frequency == base)
    #expect(abs(hum.level - -43) < 0.5)
    #expect(finding(report, "hum")?.severity == .problem)
  }

  @Test func aToneBesideTheMainsIsNoHum() {
    #expect(report(room { time in 0.01 * sin(2 * Double.pi * 55 * time) }).analysis.hum == nil)
  }

  @Test(arguments: 1...20) func noiseIsNoHum(seed: UInt64) {
    #expect(report(room(noise: 0.1, seed: seed)).analysis.hum == nil)
  }

  @Test func aClippedVoiceIsAProblem() throws {
    let report = report(room(voice(3)))
    #expect(finding(report, "clipping")?.severity == .problem)
    #expect(abs(report.analysis.clippedShare - 1 / 6) < 0.02)
    #expect(abs(report.analysis.peak) < 0.1)
  }

  @Test func aConstantIsToldAndOnlyALargeOneIsAProblem() {
    #expect(finding(report(room { _ in 0.05 }), "offset")?.severity == .note)
    #expect(finding(report(room { _ in -0.3 }), "offset")?.severity == .problem)
    #expect(finding(report(room()), "offset") == nil)
  }

  @Test func aLoudRoomAFaintVoiceAndLossesAreProblems() {
    #expect(finding(report(room(noise: 0.2)), "noise")?.severity == .problem)
    #expect(finding(report(room(noise: 0.0001, voice(0.004))), "voice")?.severity == .problem)
    #expect(finding(report(room(), lostMs: 120), "loss")?.sentence == "120 ms of sound were lost while listening")
  }

  @Test func silenceIsToldFromAVoice() {
    let report = report(room())
    #expect(!report.analysis.hasVoice)
    #expect(finding(report, "voice")?.severity == .note)
  }

  @Test func jsonHasTheNumbers() {
    let json = report(room(voice(0.2))).json
    #expect(json.hasPrefix(#"{"sample_rate": 16000, "seconds": 6.0, "noise_floor_dbfs": -68."#))
    #expect(json.contains(#""voice": true, "hum": null, "findings": [{"subject": "noise", "severity": "good""#))
  }
}
