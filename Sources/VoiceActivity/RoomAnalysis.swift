#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Measurements of a microphone in its room. Levels are in dBFS; −200 stands for silence.
package struct RoomAnalysis: Sendable, Equatable {
  /// Mains hum: its frequency (50 or 60 Hz), the level of its first harmonics together, and how far the most prominent
  /// of them exceeds its surroundings, in dB.
  package struct Hum: Sendable, Equatable {
    package var frequency: Int
    package var level: Double
    package var prominence: Double
  }

  package var sampleRate: Int
  package var seconds: Double
  /// The mean of the samples (DC offset), −1…1.
  package var offset: Double
  /// The peak of the unfiltered samples.
  package var peak: Double
  /// The 10 % and 95 % quantiles of the levels of 10 ms frames, after the front end's high-pass.
  package var noiseFloor: Double
  package var loudness: Double
  /// The share of 10 ms frames in which three samples in a row are at full scale.
  package var clippedShare: Double
  /// Whether all samples are the same, as from a muted or dead microphone.
  package var isDead: Bool
  package var hum: Hum?
  /// Whether there is speech, or something like it, in the first half, which should be quiet.
  package var isDisturbed: Bool

  /// How far the loudest passages exceed the noise floor, in dB.
  package var range: Double { loudness - noiseFloor }
  /// Whether there was speech.
  package var hasVoice: Bool { !isDead && range >= 12 }

  /// - Parameters:
  ///   - raw: mono, −1…1, as the device delivered it.
  ///   - conditioned: the same at 8 kHz without DC and rumble, as recognition receives it.
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
    isDisturbed = Self.isDisturbed(frames.prefix(frames.count / 2), noiseFloor: noiseFloor)
    hum = isDead ? nil : HumDetector(sampleRate: sampleRate).find(in: raw, mean: mean)
  }

  static func decibels(_ amplitude: Double) -> Double {
    amplitude > 1e-10 ? 20 * log10(amplitude) : -200
  }

  /// The levels of whole frames.
  private static func frameLevels(_ samples: [Float]) -> [Double] {
    let length = VoiceFrame.length
    return stride(from: 0, to: samples.count - length + 1, by: length).map { start in
      let power = samples[start..<start + length].reduce(0.0) { $0 + Double($1) * Double($1) } / Double(length)
      return decibels(power.squareRoot())
    }
  }

  /// Whether a quarter of the half-second blocks contain speech: at least 50 ms that exceed the noise floor by as much
  /// as a voice does.
  private static func isDisturbed(_ levels: ArraySlice<Double>, noiseFloor: Double) -> Bool {
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
