import TestSupport
import Testing
import VoiceActivity

@Suite struct NoiseFloorTests {
  /// The lowest tenth of three seconds of frames of 10 ms.
  private static func floor() -> NoiseFloor {
    NoiseFloor(windowFrames: 300, quantile: 0.1, assumed: -65, assumedFrames: 60)
  }

  /// A floor that has heard a room at `level` for a while, ± 2 dB.
  private func settled(at level: Float, seed: UInt64 = 1) -> (NoiseFloor, SeededGenerator) {
    var random = SeededGenerator(seed: seed)
    var floor = Self.floor()
    for _ in 0..<600 { floor.update(level: level + Float.random(in: -2...2, using: &random)) }
    return (floor, random)
  }

  @Test func `in a steady room the floor is at the room's lower levels`() {
    let (floor, _) = settled(at: -60)
    #expect((-62.5 ... -60).contains(floor.level))
  }

  @Test func `a fan that starts has become the floor three seconds later`() {
    var (floor, random) = settled(at: -60)
    for _ in 0..<300 { floor.update(level: -35 + Float.random(in: -2...2, using: &random)) }
    #expect((-37.5 ... -35).contains(floor.level))
  }

  @Test func `a fan that stops is forgotten within half a second`() {
    var (floor, random) = settled(at: -35)
    for _ in 0..<50 { floor.update(level: -60 + Float.random(in: -2...2, using: &random)) }
    #expect(floor.level < -57)
  }

  @Test func `twenty seconds of speech with a pause a second do not drag it up`() {
    var (floor, random) = settled(at: -60)
    for second in 0..<20 {
      for frame in 0..<100 {
        let isPause = frame < 15
        floor.update(level: (isPause ? -60 : Float.random(in: -45 ... -15, using: &random)) + Float(second % 2))
      }
    }
    #expect(floor.level < -57)
  }

  @Test func `a stream that begins in the middle of a word is not taken for background at once`() {
    var floor = Self.floor()
    for _ in 0..<40 { floor.update(level: -15) }
    #expect(floor.level == -65)
    for _ in 0..<30 { floor.update(level: -70) }
    #expect(floor.level <= -65)
  }

  @Test func `a stream that begins with a fan has it for the floor within 0.6 s`() {
    var floor = Self.floor()
    for _ in 0..<60 { floor.update(level: -30) }
    #expect(floor.level == -30)
  }

  @Test(arguments: [-Float.infinity, -1000, -100, 0, 1000, .infinity, .nan])
  func `whatever the level, the floor stays a sensible number`(level: Float) {
    var floor = Self.floor()
    for _ in 0..<400 { floor.update(level: level) }
    #expect((-100...0).contains(floor.level))
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `it never sticks: after any history three seconds at one level bring it there`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var floor = Self.floor()
    for _ in 0..<Int.random(in: 0...2000, using: &random) {
      floor.update(level: Float.random(in: -120...20, using: &random))
    }
    let level = Float.random(in: -90 ... -5, using: &random)
    for _ in 0..<300 { floor.update(level: level) }
    #expect(abs(floor.level - level) <= 0.5)
  }

  @Test func `the floor is the quantile of the window, however the levels jump`() {
    var generator = SeededGenerator(seed: 8)
    var floor = NoiseFloor(windowFrames: 40, quantile: 0.3, assumed: -65, assumedFrames: 0)
    var window: [Float] = []
    for _ in 0..<400 {
      let level = Float(Int.random(in: -180 ... -20, using: &generator)) / 2
      window.append(level)
      if window.count > 40 { window.removeFirst() }
      floor.update(level: level)
      #expect(floor.level == window.sorted()[Int(0.3 * Float(window.count))])
    }
  }
}
