#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Measures one hum frequency: the power of a tone in a second of sound, and the power beside it.
struct HumLine<Scalar: BinaryFloatingPoint & SIMDScalar & Sendable>: Sendable where Scalar.SIMD8Storage: Sendable {
  /// The Goertzel coefficients 2 cos ω of five tones, from the lowest to the highest; the line itself is the middle
  /// one.
  private let turns: SIMD8<Scalar>

  init(frequency: Int, sampleRate: Int) {
    var turns = SIMD8<Scalar>.zero
    for (place, away) in [-9, -6, 0, 6, 9].enumerated() {
      turns[place] = Scalar(2 * cos(2 * Double.pi * Double(frequency + away) / Double(sampleRate)))
    }
    self.turns = turns
  }

  /// Mean squares. Those of several stretches of sound can be averaged.
  struct Powers {
    fileprivate var tones: SIMD8<Scalar>

    var line: Scalar { tones[2] }

    /// The power beside the line: the mean of the middle two of the four neighbouring tones.
    var beside: Scalar {
      let (a, b, c, d) = (tones[0], tones[1], tones[3], tones[4])
      let (low, high) = (max(min(a, b), min(c, d)), min(max(a, b), max(c, d)))
      return (min(low, high) + max(low, high)) / 2
    }

    static func mean(_ powers: [Powers]) -> Powers {
      Powers(tones: powers.reduce(into: .zero) { $0 += $1.tones } / Scalar(powers.count))
    }
  }

  /// Powers of samples that were multiplied by a Hann window (Goertzel, "An Algorithm for the Evaluation of Finite
  /// Trigonometric Series", 1958). The tones are computed side by side in SIMD lanes, because each step of one depends
  /// on the step before.
  @inline(__always)
  func powers(in samples: [Scalar]) -> Powers {
    var (one, two) = (SIMD8<Scalar>.zero, SIMD8<Scalar>.zero)
    for sample in samples { (one, two) = (sample + turns * one - two, one) }
    let squared = one * one + two * two - turns * one * two
    // The window halves the amplitude: |X|² = (A N / 4)². The mean square is A² / 2.
    return Powers(
      tones: 8 * squared.replacing(with: 0, where: squared .< 0) / Scalar(samples.count * samples.count))
  }

  /// The Hann window over `length` samples.
  static func window(_ length: Int) -> [Scalar] {
    (0..<length).map { Scalar(0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(length))) }
  }
}
