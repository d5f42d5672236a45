#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Finds mains hum by its harmonics: narrow spectral lines at multiples of 50 or 60 Hz.
struct HumDetector {
  let sampleRate: Int
  private static let harmonics = 6
  /// How far a line must exceed its surroundings to count, in dB: as much as for the daemon's monitor.
  private static let prominent = 10 * log10(Double(HumMonitor.Settings().prominent))

  func find(in samples: [Float], mean: Double) -> RoomAnalysis.Hum? {
    // One second of sound resolves lines 2 Hz wide.
    let length = sampleRate
    let starts = Array(stride(from: 0, to: samples.count - length + 1, by: length))
    guard !starts.isEmpty else { return nil }
    let window = HumLine<Double>.window(length)
    // Uses only the quieter half of the seconds, because a voice has harmonics of its own.
    let seconds = starts.map { start in
      (0..<length).map { (Double(samples[start + $0]) - mean) * window[$0] }
    }.sorted { Self.energy($0) < Self.energy($1) }.prefix((starts.count + 1) / 2)

    let found = [50, 60].compactMap { base -> (hum: RoomAnalysis.Hum, score: Double)? in
      var sum = 0.0
      var score = 0.0
      var best = 0.0
      for harmonic in 1...Self.harmonics {
        let frequency = base * harmonic
        guard Double(frequency) < 0.45 * Double(sampleRate) else { break }
        let line = HumLine<Double>(frequency: frequency, sampleRate: sampleRate)
        let powers = HumLine<Double>.Powers.mean(seconds.map { line.powers(in: $0) })
        let prominence = 10 * log10(max(powers.line, 1e-24) / max(powers.beside, 1e-24))
        guard prominence >= Self.prominent else { continue }
        sum += powers.line
        score += prominence
        best = max(best, prominence)
      }
      guard score > 0 else { return nil }
      return (RoomAnalysis.Hum(frequency: base, level: 10 * log10(sum), prominence: best), score)
    }
    return found.max { $0.score < $1.score }?.hum
  }

  private static func energy(_ samples: [Double]) -> Double { samples.reduce(0) { $0 + $1 * $1 } }
}
