#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What a microphone hears in its room, in numbers. Levels are in dB relative to full scale, −200 for nothing.
public struct RoomAnalysis: Sendable, Equatable {
  /// A mains hum: its frequency (50 or 60 Hz), the level of its first harmonics together, and how far the most
  /// prominent of them stands out of what is beside it, in dB.
  public struct Hum: Sendable, Equatable {
    public var frequency: Int
    public var level: Double
    public var prominence: Double
  }

  public var sampleRate: Int
  public var seconds: Double
  /// The mean of the samples, −1…1.
  public var offset: Double
  /// Of the samples as they come.
  public var peak: Double
  /// The quiet tenth and the loud twentieth of the frames of 10 ms, after the front end's high-pass.
  public var noiseFloor: Double
  public var loudness: Double
  /// The share of frames of 10 ms in which three samples in a row stand at full scale.
  public var clippedShare: Double
  /// All samples are the same: a muted or dead microphone.
  public var isDead: Bool
  public var hum: Hum?
  /// Somebody talks, or something like it sounds, in the first half, which should be quiet.
  public var isTalkedInto: Bool

  /// How far the loudest passages stand out of the noise, in dB.
  public var range: Double { loudness - noiseFloor }
  /// Whether somebody seems to have spoken.
  public var hasVoice: Bool { !isDead && range >= 12 }

  /// - Parameters:
  ///   - raw: mono, −1…1, as the device gave it.
  ///   - conditioned: the same at 8 kHz without DC and rumble, as the listener hears it.
  public init(raw: [Float], sampleRate: Int, conditioned: [Float]) {
    self.sampleRate = sampleRate
    seconds = Double(raw.count) / Double(sampleRate)
    let mean = raw.reduce(0.0) { $0 + Double($1) } / Double(max(1, raw.count))
    offset = mean
    let (least, most) = (raw.min() ?? 0, raw.max() ?? 0)
    peak = Self.decibels(Double(max(most, -least)))
    // A tenth of a 16-bit step.
    isDead = most - least < 3e-6
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
    var frames = 0
    var clipped = 0
    for start in stride(from: 0, to: samples.count - frame + 1, by: frame) {
      var run = 0
      var longest = 0
      for sample in samples[start..<start + frame] {
        run = abs(sample) >= 0.98 ? run + 1 : 0
        longest = max(longest, run)
      }
      frames += 1
      if longest >= 3 { clipped += 1 }
    }
    return frames > 0 ? Double(clipped) / Double(frames) : 0
  }
}

/// Finds the hum of the mains by its harmonics: sharp lines at multiples of 50 or of 60 Hz.
struct HumDetector {
  let sampleRate: Int
  private static let harmonics = 6
  /// A line counts that stands out so far, in dB.
  private static let prominent = 10.0

  func find(in samples: [Float], mean: Double) -> RoomAnalysis.Hum? {
    // A second gives lines of 2 Hz.
    let length = sampleRate
    let starts = Array(stride(from: 0, to: samples.count - length + 1, by: length))
    guard !starts.isEmpty else { return nil }
    let window = (0..<length).map { 0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(length)) }
    // The quiet seconds only: a voice has harmonics of its own.
    let seconds = starts.map { start in
      (0..<length).map { (Double(samples[start + $0]) - mean) * window[$0] }
    }.sorted { Self.energy($0) < Self.energy($1) }.prefix((starts.count + 1) / 2)

    func power(_ frequency: Double) -> Double {
      seconds.reduce(0) { $0 + Self.power($1, frequency / Double(sampleRate)) } / Double(seconds.count)
    }
    let found = [50, 60].compactMap { base -> (hum: RoomAnalysis.Hum, score: Double)? in
      var sum = 0.0
      var score = 0.0
      var best = 0.0
      for harmonic in 1...Self.harmonics {
        let frequency = Double(base * harmonic)
        guard frequency < 0.45 * Double(sampleRate) else { break }
        let line = power(frequency)
        let beside = [-9.0, -6, 6, 9].map { power(frequency + $0) }.sorted()
        let prominence = 10 * log10(max(line, 1e-24) / max((beside[1] + beside[2]) / 2, 1e-24))
        guard prominence >= Self.prominent else { continue }
        sum += line
        score += prominence
        best = max(best, prominence)
      }
      guard score > 0 else { return nil }
      return (RoomAnalysis.Hum(frequency: base, level: 10 * log10(sum), prominence: best), score)
    }
    return found.max { $0.score < $1.score }?.hum
  }

  private static func energy(_ samples: [Double]) -> Double { samples.reduce(0) { $0 + $1 * $1 } }

  /// The mean square of the sinusoid at so many cycles a sample, of a second under a Hann window (Goertzel, "An Algorithm
  /// for the Evaluation of Finite Trigonometric Series", 1958).
  private static func power(_ samples: [Double], _ cycles: Double) -> Double {
    let turn = 2 * cos(2 * Double.pi * cycles)
    var (one, two) = (0.0, 0.0)
    for sample in samples { (one, two) = (sample + turn * one - two, one) }
    let squared = one * one + two * two - turn * one * two
    // The window takes half of the amplitude; |X|² = (A N / 4)², the mean square is A² / 2.
    let amplitude = 4 * squared.squareRoot() / Double(samples.count)
    return amplitude * amplitude / 2
  }
}
