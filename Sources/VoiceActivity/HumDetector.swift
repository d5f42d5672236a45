#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Finds the hum of the mains by its harmonics: sharp lines at multiples of 50 or of 60 Hz.
struct HumDetector {
  let sampleRate: Int
  private static let harmonics = 6
  /// A line counts that stands out so far, in dB.
  private static let prominent = 10 * log10(Double(HumMonitor.prominent))

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
        let beside = HumMonitor.beside.map { power(frequency + Double($0)) }.sorted()
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
