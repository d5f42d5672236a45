#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a microphone hears in its room, in numbers. Levels are in dB relative to full scale, −200 for nothing.
package struct RoomAnalysis: Sendable, Equatable {
  /// A mains hum: its frequency (50 or 60 Hz), the level of its first harmonics together, and how far the most
  /// prominent of them stands out of what is beside it, in dB.
  package struct Hum: Sendable, Equatable {
    package var frequency: Int
    package var level: Double
    package var prominence: Double
  }

  package var sampleRate: Int
  package var seconds: Double
  /// The mean of the samples, −1…1.
  package var offset: Double
  /// Of the samples as they come.
  package var peak: Double
  /// The quiet tenth and the loud twentieth of the frames of 10 ms, after the front end's high-pass.
  package var noiseFloor: Double
  package var loudness: Double
  /// The share of frames of 10 ms in which three samples in a row stand at full scale.
  package var clippedShare: Double
  /// All samples are the same: a muted or dead microphone.
  package var isDead: Bool
  package var hum: Hum?
  /// Somebody talks, or something like it sounds, in the first half, which should be quiet.
  package var isTalkedInto: Bool

  /// How far the loudest passages stand out of the noise, in dB.
  package var range: Double { loudness - noiseFloor }
  /// Whether somebody seems to have spoken.
  package var hasVoice: Bool { !isDead && range >= 12 }

  /// - Parameters:
  ///   - raw: mono, −1…1, as the device gave it.
  ///   - conditioned: the same at 8 kHz without DC and rumble, as the listener hears it.
  package init(raw: [Float], sampleRate: Int, conditioned: [Float]) {
    self.sampleRate = sampleRate
    seconds = Double(raw.count) / Double(sampleRate)
    let mean = raw.reduce(0.0) { $0 + Double($1) } / Double(max(1, raw.count))
    offset = mean
    let (least, most) = (raw.min() ?? 0, raw.max() ?? 0)
    peak = Self.decibels(Double(max(most, -least)))
    isDead = most - least < SignalMonitor.deadPeak
    clippedShare = Self.clippedShare(raw, frame: max(3, sampleRate / 100))
    let frames = Self.frameLevels(conditioned)
    let levels = frames.sorted()
    noiseFloor = levels.isEmpty ? -200 : levels[levels.count / 10]
    loudness = levels.isEmpty ? -200 : levels[levels.count * 19 / 20]
    isTalkedInto = Self.isTalkedInto(frames.prefix(frames.count / 2), noiseFloor: noiseFloor)
    hum = isDead ? nil : HumDetector(sampleRate: sampleRate).find(in: raw, mean: mean)
  }

  static func decibels(_ amplitude: Double) -> Double {
    amplitude > 1e-10 ? 20 * log10(amplitude) : -200
  }

  /// The levels of whole frames of 10 ms at 8 kHz.
  private static func frameLevels(_ samples: [Float]) -> [Double] {
    stride(from: 0, to: samples.count - 79, by: 80).map { start in
      let power = samples[start..<start + 80].reduce(0.0) { $0 + Double($1) * Double($1) } / 80
      return decibels(power.squareRoot())
    }
  }

  /// Whether there are words in a quarter of the half seconds: a twentieth of a second that stands as far out of the noise
  /// as a voice does.
  private static func isTalkedInto(_ levels: ArraySlice<Double>, noiseFloor: Double) -> Bool {
    let starts = Array(stride(from: levels.startIndex, to: levels.endIndex - 49, by: 50))
    let loud = starts.count { start in levels[start..<start + 50].count { $0 >= noiseFloor + 12 } >= 5 }
    return loud >= 2 && loud * 4 >= starts.count
  }

  private static func clippedShare(_ samples: [Float], frame: Int) -> Double {
    let starts = Array(stride(from: 0, to: samples.count - frame + 1, by: frame))
    let clipped = samples.withUnsafeBufferPointer { samples in
      starts.count { SignalMonitor.FrameShape(of: UnsafeBufferPointer(rebasing: samples[$0..<$0 + frame])).isClipped }
    }
    return starts.isEmpty ? 0 : Double(clipped) / Double(starts.count)
  }
}
