import Foundation
import TestSupport
import Testing
import VoiceActivity

@Suite struct VoicingTests {
  private func voicedFrames(_ samples: [Float], limit: Int = 1000) -> Int {
    samples.withUnsafeBufferPointer { Voicing.voicedFrames(in: $0, correlation: 0.7, limit: limit) }
  }

  /// Pulses at the pitch, each ringing for a while: what a throat gives a mouth.
  private func vowel(pitch: Double, milliseconds: Int) -> [Float] {
    (0..<milliseconds * 8).map { index in
      let time = (Double(index) / 8000).truncatingRemainder(dividingBy: 1 / pitch)
      return Float(0.3 * exp(-time * 300) * sin(2 * .pi * 700 * time))
    }
  }

  private func noise(_ milliseconds: Int, amplitude: Float, seed: UInt64 = 3) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<milliseconds * 8).map { _ in Float.random(in: -amplitude...amplitude, using: &random) }
  }

  @Test(arguments: [80.0, 120, 200, 300, 390])
  func `a vowel is voiced at any pitch of a voice`(pitch: Double) {
    #expect(voicedFrames(vowel(pitch: pitch, milliseconds: 300)) >= 20)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `noise is not`(seed: UInt64) {
    #expect(voicedFrames(noise(300, amplitude: 0.3, seed: seed)) == 0)
  }

  @Test func `a click hardly is`() {
    var samples = [Float](repeating: 0, count: 2400)
    for i in 0..<40 { samples[1200 + i] = i.isMultiple(of: 2) ? 0.5 : -0.5 }
    #expect(voicedFrames(samples) <= 1)
  }

  @Test func `a vowel in softer noise is voiced`() {
    let noisy = zip(vowel(pitch: 120, milliseconds: 300), noise(300, amplitude: 0.02)).map { $0 + $1 }
    #expect(voicedFrames(noisy) >= 10)
  }

  @Test func `no more are counted than wanted`() {
    #expect(voicedFrames(vowel(pitch: 120, milliseconds: 300), limit: 5) == 5)
    #expect(voicedFrames(vowel(pitch: 120, milliseconds: 300), limit: 0) == 0)
  }

  @Test func `silence, little and what is no number hold no voice`() {
    #expect(voicedFrames([]) == 0)
    #expect(voicedFrames([Float](repeating: 0.1, count: 273)) == 0)
    #expect(voicedFrames([Float](repeating: 0, count: 2400)) == 0)
    #expect(voicedFrames([Float](repeating: .nan, count: 2400)) == 0)
  }
}
