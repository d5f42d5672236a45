import Foundation
import TestSupport
import Testing
import VoiceActivity

/// Seconds of sound at 8 kHz, and when a hum is told.
@Suite struct HumMonitorTests {
  private static let rate = VoiceFrame.sampleRate
  private static let settings = {
    var settings = HumMonitor.Settings()
    (settings.prominent, settings.least, settings.share) = (10, 3.2e-5, 0.5)
    (settings.secondsToBegin, settings.secondsToEnd) = (3, 3)
    return settings
  }()

  private func tone(_ frequency: Double, decibels: Double, seconds: Int) -> [Float] {
    let amplitude = pow(10, decibels / 20) * 2.0.squareRoot()
    return (0..<seconds * Self.rate).map {
      Float(amplitude * sin(2 * .pi * frequency * Double($0) / Double(Self.rate)))
    }
  }

  private func noise(decibels: Double, seconds: Int) -> [Float] {
    var generator = SeededGenerator(seed: 1)
    let most = Float(pow(10, decibels / 20) * 3.0.squareRoot())
    return (0..<seconds * Self.rate).map { _ in Float.random(in: -most...most, using: &generator) }
  }

  private func sum(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).map { $0 + $1 } }

  /// What is told, and after how many whole seconds.
  private func told(_ samples: [Float]) -> [(second: Int, hum: Bool)] {
    var monitor = HumMonitor(Self.settings)
    var told: [(Int, Bool)] = []
    for start in stride(from: 0, to: samples.count, by: VoiceFrame.length) {
      let change = samples[start..<min(start + VoiceFrame.length, samples.count)].withUnsafeBufferPointer {
        monitor.process($0)
      }
      if let change { told.append(((start + VoiceFrame.length) / Self.rate, change)) }
    }
    return told
  }

  @Test(arguments: [100.0, 120, 150, 300]) func `a strong hum is reported after three seconds, and its end after three`(
    frequency: Double
  ) {
    let samples =
      sum(tone(frequency, decibels: -30, seconds: 6), noise(decibels: -60, seconds: 6))
      + noise(decibels: -60, seconds: 5)
    let told = told(samples)
    #expect(told.map(\.hum) == [true, false])
    #expect(told.map(\.second) == [3, 9])
  }

  @Test func `a faint hum is not reported`() {
    #expect(told(sum(tone(100, decibels: -55, seconds: 6), noise(decibels: -70, seconds: 6))).isEmpty)
  }

  @Test func `a hum under noise is not reported`() {
    #expect(told(sum(tone(100, decibels: -40, seconds: 6), noise(decibels: -30, seconds: 6))).isEmpty)
  }

  @Test func `noise and silence are no hum`() {
    #expect(told(noise(decibels: -20, seconds: 10)).isEmpty)
    #expect(told([Float](repeating: 0, count: 10 * Self.rate)).isEmpty)
  }

  @Test func `a voice is no hum`() {
    // A pitch that goes up and down a third, as in speech, with ten harmonics
    var phase = 0.0
    let voice = (0..<10 * Self.rate).map { index -> Float in
      let pitch = 120 * (1 + 0.15 * sin(2 * .pi * 2.3 * Double(index) / Double(Self.rate)))
      phase += 2 * .pi * pitch / Double(Self.rate)
      return Float((1...10).reduce(0.0) { $0 + sin(Double($1) * phase) / Double($1) } * 0.05)
    }
    #expect(told(voice).isEmpty)
  }
}
