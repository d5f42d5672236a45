import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Synthetic sound for the benchmark: it needs no recordings and is the same everywhere.
enum BenchmarkSound {
  /// White noise at -50 dBFS.
  static func silence(seconds: Double, rate: Int) -> [Float] {
    var generator = SeededGenerator(seed: 1)
    return (0..<Int(seconds * Double(rate))).map { _ in 0.0055 * generator.uniform(in: -1...1) }
  }

  /// A gliding vowel: harmonics of a falling pitch under two moving formants, in a little noise.
  static func word(seconds: Double, rate: Int) -> [Float] {
    var sound = silence(seconds: seconds, rate: rate)
    var phase = 0.0
    for n in sound.indices {
      let at = Double(n) / Double(sound.count)
      let pitch = 130 - 30 * at
      let formants = (300 + 400 * at, 2200 - 1000 * at)
      phase += 2 * Double.pi * pitch / Double(rate)
      var value = 0.0
      for harmonic in 1...25 {
        let hertz = Double(harmonic) * pitch
        let amplitude = gaussian((hertz - formants.0) / 120) + 0.5 * gaussian((hertz - formants.1) / 200)
        value += amplitude * sin(Double(harmonic) * phase)
      }
      sound[n] += Float(0.2 * sin(Double.pi * at) * value)
    }
    return sound
  }

  private static func gaussian(_ x: Double) -> Double { exp(-0.5 * x * x) }
}
