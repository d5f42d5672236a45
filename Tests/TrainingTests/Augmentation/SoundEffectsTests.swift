import Glibc
import Testing

import Training

@Suite struct SoundEffectsTests {
  private static func tone(_ hertz: Float, _ count: Int) -> [Float] {
    (0..<count).map { sinf(2 * .pi * hertz * Float($0) / 8000) }
  }

  /// Times that the sound rises through zero in a second.
  private static func pitch(_ samples: [Float]) -> Float {
    let inner = samples[400..<samples.count - 400]
    let rises = zip(inner, inner.dropFirst()).count { $0 < 0 && $1 >= 0 }
    return 8000 * Float(rises) / Float(inner.count)
  }

  @Test(arguments: [Float(0.7), 0.9, 1.3, 1.6]) func `a stretched sound keeps its pitch`(_ pace: Float) {
    let stretched = SoundEffects.stretched(Self.tone(200, 8000)[...], by: pace)
    #expect(stretched.count == Int(8000 / pace))
    #expect(abs(Self.pitch(stretched) - 200) < 8)
    // And its loudness: nothing is laid over itself out of phase.
    let middle = stretched[1000..<4000]
    let power = middle.reduce(0) { $0 + $1 * $1 } / Float(middle.count)
    #expect(abs(power - 0.5) < 0.08)
  }

  @Test func `a sound that is played faster rises in pitch`() {
    let played = SoundEffects.played(Self.tone(200, 8000)[...], at: 1.25)
    #expect(played.count == 6400 && abs(Self.pitch(played) - 250) < 8)
  }

  @Test func `a sound too short to stretch is left as it is`() {
    let short = Self.tone(200, 100)
    #expect(SoundEffects.stretched(short[...], by: 1.5) == short)
  }
}
