import Recognition
import Testing

@Suite struct RecentLevelsTests {
  private static func levels(_ values: [Float], longest: Int = 50) -> RecentLevels {
    var levels = RecentLevels(longest: longest)
    for value in values { levels.append(value) }
    return levels
  }

  @Test func `the second before a word is looked at, and nothing else`() {
    // Given half a second of loud sound, then a second of which the last quarter is loud, then the word
    let levels = Self.levels(
      [Float](repeating: -20, count: 50) + [Float](repeating: -60, count: 75) + [Float](repeating: -20, count: 25)
        + [Float](repeating: -10, count: 40), longest: 100)
    #expect(levels.share(before: 150, over: -30) == 0.25)
    #expect(levels.share(before: 150, over: -20) == 0)
    #expect(levels.share(before: 125, over: -30) == 0.25)
  }

  @Test func `digits that were told are no sound that goes on`() {
    var levels = Self.levels([Float](repeating: -60, count: 70) + [Float](repeating: -20, count: 30))
    #expect(levels.share(before: 100, over: -30) == 0.3)
    levels.leaveOut(70..<100)
    #expect(levels.share(before: 100, over: -30) == 0)
  }

  @Test func `of what is not known nothing is said`() {
    // Too little, because the stream has begun just now
    #expect(Self.levels([Float](repeating: -20, count: 19)).share(before: 19, over: -30) == 0)
    #expect(Self.levels([Float](repeating: -20, count: 20)).share(before: 20, over: -30) == 1)
    // Too little, because most of it was told
    var told = Self.levels([Float](repeating: -20, count: 100))
    told.leaveOut(-5..<81)
    #expect(told.share(before: 100, over: -30) == 0)
  }

  @Test func `what is older than the memory is gone`() {
    var levels = Self.levels([Float](repeating: -20, count: 100) + [Float](repeating: -60, count: 150))
    #expect(levels.share(before: 100, over: -30) == 0)
    levels.leaveOut(0..<10)
    #expect(levels.share(before: 250, over: -70) == 1)
  }
}
