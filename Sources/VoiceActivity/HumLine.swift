#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A line of hum: how strong a tone is in a second of sound, and how strong what is beside it.
struct HumLine<Scalar: BinaryFloatingPoint & SIMDScalar & Sendable>: Sendable where Scalar.SIMD8Storage: Sendable {
  /// Of each of five tones, from the lowest to the highest, what turns it by a sample; the line is in the middle.
  private let turns: SIMD8<Scalar>

  init(frequency: Int, sampleRate: Int) {
    var turns = SIMD8<Scalar>.zero
    for (place, away) in [-9, -6, 0, 6, 9].enumerated() {
      turns[place] = Scalar(2 * cos(2 * Double.pi * Double(frequency + away) / Double(sampleRate)))
    }
    self.turns = turns
  }

  /// Mean squares, those of several stretches of sound to be added up.
  struct Powers {
    fileprivate var tones: SIMD8<Scalar>

    var line: Scalar { tones[2] }

    /// Beside the line: the mean of the two of four that are neither the smallest nor the largest.
    var beside: Scalar {
      let (a, b, c, d) = (tones[0], tones[1], tones[3], tones[4])
      let (low, high) = (max(min(a, b), min(c, d)), min(max(a, b), max(c, d)))
      return (min(low, high) + max(low, high)) / 2
    }

    static func mean(_ powers: [Powers]) -> Powers {
      Powers(tones: powers.reduce(into: .zero) { $0 += $1.tones } / Scalar(powers.count))
    }
  }

  /// Of samples under Hann's window (Goertzel, "An Algorithm for the Evaluation of Finite Trigonometric Series", 1958); the
  /// tones side by side, for each step of one waits for the step before.
  @inline(__always)
  func powers(in samples: [Scalar]) -> Powers {
    var (one, two) = (SIMD8<Scalar>.zero, SIMD8<Scalar>.zero)
    for sample in samples { (one, two) = (sample + turns * one - two, one) }
    let squared = one * one + two * two - turns * one * two
    // The window takes half of the amplitude: |X|² = (A N / 4)²; the mean square is A² / 2.
    return Powers(
      tones: 8 * squared.replacing(with: 0, where: squared .< 0) / Scalar(samples.count * samples.count))
  }

  /// Hann's, over `length` samples.
  static func window(_ length: Int) -> [Scalar] {
    (0..<length).map { Scalar(0.5 - 0.5 * cos(2 * Double.pi * (Double($0) + 0.5) / Double(length))) }
  }
}
