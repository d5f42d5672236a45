import Foundation
import TestSupport
import Testing
import VoiceActivity

@Suite struct RoomAnalysisTests {
  private func analysis(_ sound: RoomSound) -> RoomAnalysis {
    RoomAnalysis(raw: sound.raw, sampleRate: RoomSound.rate, conditioned: sound.conditioned)
  }

  @Test func `a quiet room and a clear voice have their levels`() {
    let analysis = analysis(RoomSound(RoomSound.voice(0.2)))
    // Noise of ±0.001 has an RMS of 0.001 / √3, halved in power by the mean of two samples: −68.2 dBFS.
    #expect(abs(analysis.noiseFloor - -68.2) < 1)
    // The tone's 0.2 / √2.
    #expect(abs(analysis.loudness - -17) < 0.5)
    #expect(analysis.hasVoice && analysis.hum == nil)
  }

  @Test func `noise alone is no voice`() {
    #expect(!analysis(RoomSound()).hasVoice)
  }

  @Test func `a word each second is talk, one word in the quiet half is not`() {
    func word(_ time: Double) -> Double { 0.05 * sin(1885 * time) }
    #expect(analysis(RoomSound { $0.truncatingRemainder(dividingBy: 1) < 0.3 ? word($0) : 0 }).isDisturbed)
    // A cough at a second and a half, then quiet, then the digits
    let cough = RoomSound { (1.6..<1.9).contains($0) ? word($0) : RoomSound.voice(0.2)($0) }
    #expect(!analysis(cough).isDisturbed)
  }

  @Test(arguments: [0, 0.25] as [Float]) func `a constant is a dead microphone`(level: Float) {
    #expect(analysis(RoomSound([Float](repeating: level, count: 2 * RoomSound.rate))).isDead)
  }

  @Test(arguments: [50, 60], [1.0, 3.0]) func `the mains are found by one harmonic`(base: Int, harmonic: Double) throws
  {
    let hum = try #require(
      analysis(RoomSound { 0.01 * sin(2 * Double.pi * Double(base) * harmonic * $0) }).hum)
    #expect(hum.frequency == base)
    #expect(abs(hum.level - -43) < 0.5)
  }

  @Test func `a tone beside the mains is no hum`() {
    #expect(analysis(RoomSound { 0.01 * sin(2 * Double.pi * 55 * $0) }).hum == nil)
  }

  @Test(arguments: 1...20) func `noise is no hum`(seed: UInt64) {
    #expect(analysis(RoomSound(noise: 0.1, seed: seed)).hum == nil)
  }

  @Test func `a clipped voice is clipped for as long as it lasts`() {
    let analysis = analysis(RoomSound(RoomSound.voice(3)))
    #expect(abs(analysis.clippedShare - 1 / 6) < 0.02)
    #expect(abs(analysis.peak) < 0.1)
  }
}
