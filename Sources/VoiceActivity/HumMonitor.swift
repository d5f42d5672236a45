#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reports when mains hum, or another steady low tone, makes up most of the sound: narrow lines at multiples of 50 or
/// 60 Hz that last for seconds.
///
/// It works on frames of 10 ms at 8 kHz after a high-pass at 80 Hz, so it sees the harmonics of a hum from the second
/// on. A second of sound, downsampled to 1 kHz, costs about ten thousand multiplications.
package struct HumMonitor: Sendable {
  /// Samples per second after averaging groups of eight. The average has its zeros at multiples of this rate.
  private static let rate = 1000
  private static let averaged = 8
  /// The frequencies examined, in Hz: harmonics of both mains frequencies that pass the high-pass and fit into 1 kHz.
  private static let lines = [100, 120, 150, 180, 200, 240, 250, 300, 350, 360].map { frequency in
    (line: HumLine<Float>(frequency: frequency, sampleRate: rate), gain: gain(at: Float(frequency)))
  }

  package struct Settings: Sendable, Equatable {
    /// How far a line must exceed its surroundings to count, as a ratio of powers: 10 dB.
    package var prominent: Float = 10
    /// There is hum when the lines together reach this mean square (−45 dBFS) and this share of the total power.
    package var least: Float = 3.2e-5
    package var share: Float = 0.5
    /// Consecutive seconds that begin it, and that end it. A voice holds no note for so long.
    package var secondsToBegin = 3
    package var secondsToEnd = 3

    package init() {}
  }

  private let settings: Settings
  private var samples: [Float] = []
  /// The sum of squares of the current second at 8 kHz.
  private var power: Float = 0
  private var isHumming = false
  private var against = 0

  package init(_ settings: Settings = Settings()) {
    self.settings = settings
    samples.reserveCapacity(Self.rate)
  }

  /// Takes the next frame. Returns whether there is hum if that has changed, else nil.
  package mutating func process(_ frame: UnsafeBufferPointer<Float>) -> Bool? {
    for start in stride(from: 0, to: frame.count - Self.averaged + 1, by: Self.averaged) {
      var sum: Float = 0
      for index in start..<start + Self.averaged {
        sum += frame[index]
        power += frame[index] * frame[index]
      }
      samples.append(sum / Float(Self.averaged))
    }
    guard samples.count >= Self.rate else { return nil }
    defer {
      samples.removeAll(keepingCapacity: true)
      power = 0
    }
    return decide(hasHum: lineHum() >= max(settings.least, settings.share * power / Float(Self.rate * Self.averaged)))
  }

  /// The signal is over, and another may follow.
  /// - Returns: whether there was hum.
  package mutating func end() -> Bool {
    defer { (isHumming, against) = (false, 0) }
    samples.removeAll(keepingCapacity: true)
    power = 0
    return isHumming
  }

  private mutating func decide(hasHum: Bool) -> Bool? {
    guard hasHum != isHumming else {
      against = 0
      return nil
    }
    against += 1
    guard against >= (hasHum ? settings.secondsToBegin : settings.secondsToEnd) else { return nil }
    isHumming = hasHum
    against = 0
    return hasHum
  }

  /// The mean square of the lines that exceed their surroundings in this second.
  private mutating func lineHum() -> Float {
    for index in 0..<min(samples.count, Self.rate) { samples[index] *= Self.window[index] }
    var sum: Float = 0
    for (line, gain) in Self.lines {
      let powers = line.powers(in: samples)
      if powers.line >= settings.prominent * max(1e-12, powers.beside) { sum += powers.line / gain }
    }
    return sum
  }

  /// The Hann window over one second.
  private static let window = HumLine<Float>.window(rate)

  /// The share of a tone's power that is left after averaging.
  private static func gain(at frequency: Float) -> Float {
    let angle = Float.pi * frequency / Float(rate * averaged)
    let amplitude = sinf(Float(averaged) * angle) / (Float(averaged) * sinf(angle))
    return amplitude * amplitude
  }
}
