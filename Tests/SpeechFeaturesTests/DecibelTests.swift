import SpeechFeatures
import Testing

@Suite struct DecibelTests {
  @Test func `decibels are the logarithms`() {
    // Every 1021st float from the smallest normal one to the largest.
    var worst = 0.0
    var level = -Float.infinity
    for bits in stride(from: Float.leastNormalMagnitude.bitPattern, to: Float.infinity.bitPattern, by: 1021) {
      let x = Float(bitPattern: bits)
      let exact = TestMath.decibels(Double(x))
      // A large number of decibels has no more than a Float's precision.
      worst = max(worst, abs(Double(decibels(x)) - exact) / max(1, abs(exact) / 100))
      #expect(decibels(x) > level - 1e-4)
      level = decibels(x)
    }
    #expect(worst < 1e-5)
  }

  @Test func `1 has 0 dB, and no value traps or gives infinity`() {
    #expect(decibels(1) == 0)
    for x in [0, -0.0, -1, .infinity, .nan, .leastNonzeroMagnitude] as [Float] { #expect(decibels(x).isFinite) }
  }
}
