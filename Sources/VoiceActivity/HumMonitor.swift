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
  private static let lines = [100, 120, 150, 180, 200, 240, 250, 300, 350, 360]
  /// A line counts that stands so far out of what is beside it, in power: 10 dB.
  static let prominent: Float = 10
  /// Where that is, in Hz from the line.
  static let beside = [-9, -6, 6, 9]
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
    for (line, turns) in zip(Self.lines, Self.turns) {
      let powers = Self.powers(samples, turns)
      let (power, beside) = (powers[2], Self.middle(powers[0], powers[1], powers[3], powers[4]))
      let isLine = power >= Self.prominent * max(1e-12, beside)
      sum += isLine ? power / Self.gain(at: Float(line)) : 0
    }
    return sum
  }

  /// The mean of the two of four that are neither the smallest nor the largest.
  private static func middle(_ a: Float, _ b: Float, _ c: Float, _ d: Float) -> Float {
    let (low, high) = (max(min(a, b), min(c, d)), min(max(a, b), max(c, d)))
    return (min(low, high) + max(low, high)) / 2
  }

  /// Hann's, over a second.
  private static let window = (0..<rate).map { index in
    0.5 - 0.5 * cosf(2 * .pi * (Float(index) + 0.5) / Float(rate))
  }

  /// For each line, what turns its tone by a sample, and those beside it: 9 and 6 Hz lower, itself, 6 and 9 Hz higher.
  private static let turns = lines.map { line in
    var turns = SIMD8<Float>.zero
    for (place, away) in (beside[..<2] + [0] + beside[2...]).enumerated() {
      turns[place] = 2 * cosf(2 * .pi * Float(line + away) / Float(rate))
    }
    return turns
  }

  /// What averaging leaves of a tone's power.
  private static func gain(at frequency: Float) -> Float {
    let angle = Float.pi * frequency / Float(rate * averaged)
    let amplitude = sinf(Float(averaged) * angle) / (Float(averaged) * sinf(angle))
    return amplitude * amplitude
  }

  /// The mean squares of several tones under a Hann window (Goertzel, "An Algorithm for the Evaluation of Finite
  /// Trigonometric Series", 1958), side by side: each step of one waits for the step before.
  private static func powers(_ samples: [Float], _ turns: SIMD8<Float>) -> SIMD8<Float> {
    var (one, two) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
    for sample in samples { (one, two) = (sample + turns * one - two, one) }
    let squared = one * one + two * two - turns * one * two
    // |X|² = (A N / 4)²; the mean square is A² / 2.
    return 8 * squared.replacing(with: 0, where: squared .< 0) / Float(samples.count * samples.count)
  }
}
