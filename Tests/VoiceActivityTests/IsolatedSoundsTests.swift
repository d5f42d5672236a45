import TestSupport
import Testing
import VoiceActivity

@Suite struct IsolatedSoundsTests {
  private func find(_ parts: (Float, Int)..., gap: Int = 18, lengths: ClosedRange<Int> = 9...100) -> [Range<Int>] {
    IsolatedSounds.find(in: parts.flatMap { [Float](repeating: $0.0, count: $0.1) }, gap: gap, lengths: lengths)
  }

  @Test func `two words in a noise that fills the gap between them`() {
    #expect(find((-20, 30), (-38, 20), (-24, 40)) == [0..<30, 50..<90])
  }

  @Test func `what a shorter gap parts is one sound`() {
    #expect(find((-20, 30), (-38, 17), (-24, 40)) == [0..<87])
    #expect(find((-20, 30), (-38, 17), (-24, 40), gap: 17) == [0..<30, 47..<87])
  }

  @Test func `a word that a noise follows, softer by 16 dB`() {
    #expect(find((-60, 4), (-20, 30), (-36, 120)) == [4..<34])
  }

  @Test func `a word beside a louder one, each over a threshold of its own`() {
    // Over the lowest thresholds all is one sound, over the higher ones the softer word is gone.
    #expect(find((-15, 30), (-45, 5), (-40, 20), (-30, 30), (-46, 30)) == [0..<85, 0..<30, 55..<85])
  }

  @Test func `a click is no sound, however loud`() {
    #expect(find((-50, 40), (-10, 4), (-50, 40)).isEmpty)
    #expect(find((-50, 40), (-10, 4), (-20, 10), (-50, 40)) == [40..<54])
  }

  @Test func `a sound too short or too long is none`() {
    #expect(find((-50, 40), (-10, 8), (-50, 40)).isEmpty)
    #expect(find((-50, 40), (-10, 101), (-50, 40)).isEmpty)
    #expect(find((-50, 40), (-10, 9), (-50, 40)) == [40..<49])
  }

  @Test func `nothing stands alone in what is even, in silence or in nothing`() {
    #expect(find((-30, 90)).isEmpty)
    #expect(find((-100, 90)).isEmpty)
    #expect(find().isEmpty)
    #expect(find((-20, 1)).isEmpty)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `each has something softer on either side, or the end of the cut`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var levels: [Float] = []
    while levels.count < 250 {
      let level = Float.random(in: -60 ... -10, using: &random)
      levels += (0..<Int.random(in: 1...40, using: &random)).map { _ in level + Float.random(in: -3...3, using: &random)
      }
    }
    for sound in IsolatedSounds.find(in: levels, gap: 18, lengths: 9...100) {
      #expect((9...100).contains(sound.count) && sound.clamped(to: levels.indices) == sound)
      let around =
        levels[max(0, sound.lowerBound - 18)..<sound.lowerBound]
        + levels[sound.upperBound..<min(levels.count, sound.upperBound + 18)]
      let fifth = levels[sound].sorted().suffix(5).first ?? 0
      #expect(
        around.allSatisfy { $0 <= fifth - 6 && $0 < levels[sound.lowerBound] && $0 < levels[sound.upperBound - 1] })
    }
  }
}
