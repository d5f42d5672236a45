import Testing
import Training

@Suite struct WeightedTests {
  private func shares(_ weighted: Weighted<String>) -> [String: Double] {
    var random = SeededGenerator(seed: 1)
    var counts: [String: Double] = [:]
    for _ in 0..<10_000 { counts[weighted.draw(&random), default: 0] += 1e-4 }
    return counts
  }

  @Test func `elements are drawn by their weights`() {
    let drawn = shares(Weighted(["a", "b", "c"], weights: [1, 0, 3]))
    #expect(drawn["b"] == nil)
    #expect(abs((drawn["a"] ?? 0) - 0.25) < 0.02 && abs((drawn["c"] ?? 0) - 0.75) < 0.02)
  }

  @Test func `of two lists each has its share, however long it is, and its own weights`() {
    let many = Weighted((0..<1000).map { "\($0)" }, weights: [Float](repeating: 5, count: 1000))
    let drawn = shares(.mixing(Weighted(["a", "b"], weights: [1, 3]), 0.4, many))
    #expect(abs((drawn["a"] ?? 0) - 0.1) < 0.02 && abs((drawn["b"] ?? 0) - 0.3) < 0.02)
  }

  @Test func `a list that is empty leaves all to the other one`() {
    let (none, some) = (Weighted<String>([], weights: []), Weighted(["a"], weights: [2]))
    #expect(shares(.mixing(none, 0.4, some)).keys.elementsEqual(["a"]))
    #expect(shares(.mixing(some, 0.4, none)).keys.elementsEqual(["a"]))
  }
}
