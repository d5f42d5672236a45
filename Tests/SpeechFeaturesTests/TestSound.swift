#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Sounds that Python makes by the same formula (see GoldenValueTests).
enum TestSound {
  /// Half a second of a chirp over a rough, never repeating tone.
  static let chirp: [Float] = (0..<4000).map { n in
    let t = Double(n) / 8000
    return Float(0.5 * sin(2 * Double.pi * (200 * t + 400 * t * t)) + 0.1 * sin(Double(n * n) * 0.37))
  }

  static func tone(_ hertz: Double, seconds: Double, amplitude: Float = 0.5) -> [Float] {
    (0..<Int(seconds * 8000)).map { amplitude * Float(sin(2 * Double.pi * hertz * Double($0) / 8000)) }
  }

  /// White noise of standard deviation `amplitude`, near enough Gaussian; the same for the same seed.
  static func noise(_ count: Int, amplitude: Float, seed: UInt64 = 1) -> [Float] {
    var state = seed
    func next() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24) - 0.5
    }
    return (0..<count).map { _ in amplitude * (next() + next() + next() + next()) * 1.732 }
  }
}
