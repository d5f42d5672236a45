#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Tells when a hum of the mains, or another steady low tone, makes up most of what is heard: sharp lines at multiples of
/// 50 or 60 Hz, second after second.
///
/// Works on frames of 10 ms at 8 kHz that a high-pass at 80 Hz has gone over: so of a hum its harmonics from the second on.
/// A second of it, brought to 1 kHz, costs some ten thousand multiplications.
package struct HumMonitor: Sendable {
  /// Samples a second after averaging eight at a time, which has its zeros at the multiples of that rate.
  private static let rate = 1000
  private static let averaged = 8
  /// The lines looked at, in Hz: harmonics of both mains that the high-pass leaves and 1 kHz can hold.
  private static let lines = [100, 120, 150, 180, 200, 240, 250, 300, 350, 360].map { frequency in
    (line: HumLine<Float>(frequency: frequency, sampleRate: rate), gain: gain(at: Float(frequency)))
  }
  /// A line counts that stands so far out of what is beside it, in power: 10 dB.
  static let prominent: Float = 10
  /// The lines together count from this mean square on (−45 dBFS), and where they are half of all that is heard.
  private static let least: Float = 3.2e-5
  private static let share: Float = 0.5
  /// Seconds in a row that begin and end it. A voice holds no note for so long.
  private static let secondsToBegin = 3
  private static let secondsToEnd = 3

  private var samples: [Float] = []
  /// The mean square of the second at 8 kHz, so far a sum.
  private var power: Float = 0
  private var isHumming = false
  private var against = 0

  package init() { samples.reserveCapacity(Self.rate) }

  /// Takes the next frame. Gives whether there is a hum when that has changed.
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
    return decide(hasHum: lineHum() >= max(Self.least, Self.share * power / Float(Self.rate * Self.averaged)))
  }

  private mutating func decide(hasHum: Bool) -> Bool? {
    guard hasHum != isHumming else {
      against = 0
      return nil
    }
    against += 1
    guard against >= (hasHum ? Self.secondsToBegin : Self.secondsToEnd) else { return nil }
    isHumming = hasHum
    against = 0
    return hasHum
  }

  /// The mean square of the lines that stand out in this second.
  private mutating func lineHum() -> Float {
    for index in 0..<min(samples.count, Self.rate) { samples[index] *= Self.window[index] }
    var sum: Float = 0
    for (line, gain) in Self.lines {
      let powers = line.powers(in: samples)
      if powers.line >= Self.prominent * max(1e-12, powers.beside) { sum += powers.line / gain }
    }
    return sum
  }

  /// Over a second.
  private static let window = HumLine<Float>.window(rate)

  /// What averaging leaves of a tone's power.
  private static func gain(at frequency: Float) -> Float {
    let angle = Float.pi * frequency / Float(rate * averaged)
    let amplitude = sinf(Float(averaged) * angle) / (Float(averaged) * sinf(angle))
    return amplitude * amplitude
  }
}
