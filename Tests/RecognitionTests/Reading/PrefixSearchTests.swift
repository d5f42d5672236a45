import Recognition
import TestSupport
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct PrefixSearchTests {
  /// The probability of each reading, by adding up all paths that say it.
  private func allReadings(_ columns: [ColumnScores]) -> [[Int]: Double] {
    guard let count = columns.first?.labels.count else { return [[]: 1] }
    var paths: [(labels: [Int], probability: Double)] = [([], 1)]
    for column in columns {
      paths = paths.flatMap { path in
        (0..<count).map { (path.labels + [$0], path.probability * Double(expf(column.labels[$0]))) }
      }
    }
    return paths.reduce(into: [:]) { sums, path in
      var words: [Int] = []
      var last = count - 1
      for label in path.labels {
        if label != last, label != count - 1 { words.append(label) }
        last = label
      }
      sums[words, default: 0] += path.probability
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `few columns: every reading has the probability of all paths that say it`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for (labels, length) in [(1, 5), (2, 3), (1, 0)] {
      let columns = (0..<length).map { _ in ColumnScores.random(labels: labels, sharpness: 1.5, using: &random) }
      let expected = allReadings(columns)
      let readings = PrefixSearch.read(columns)
      for reading in readings {
        let right = expected[reading.labels] ?? 0
        #expect(abs(Double(expf(reading.logProbability)) - right) < 1e-5 + 1e-4 * right, "\(reading.labels)")
      }
      // The best come first, and none of them is left out.
      let best = expected.values.sorted(by: >).prefix(readings.count)
      #expect(zip(readings, best).allSatisfy { abs(Double(expf($0.logProbability)) - $1) < 1e-4 })
      #expect(readings.count == min(12, expected.count))
    }
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `more columns than the beam is wide: the best reading is as good as the best of all`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let columns = (0..<6).map { _ in ColumnScores.random(labels: 3, sharpness: 5, using: &random) }
    let all = allReadings(columns)
    let best = all.values.max() ?? 0
    let found = PrefixSearch.read(columns).first
    // What fell off the beam on the way is missing from its sum.
    #expect((all[found?.labels ?? []] ?? 0) > 0.8 * best)
    #expect(Double(expf(found?.logProbability ?? 0)) > 0.8 * best)
  }

  @Test func `a label that goes on is one word, and after a blank another`() {
    let columns: [ColumnScores] = [.sure(4), .sure(4), .sure(nil), .sure(4), .sure(7)]
    #expect(PrefixSearch.read(columns).first?.labels == [4, 4, 7])
    #expect(PrefixSearch.read(columns.prefix(2)).first?.labels == [4])
  }

  @Test func `a word lies where its label is the most probable`() {
    var columns: [ColumnScores] = [
      .sure(nil), .of([0.6, 0.4]), .of([0.9, 0.1]), .of([0.7, 0.3]), .of([0.01, 0.99]),
    ]
    columns.removeFirst()
    let word = PrefixSearch.read(columns).first?.words.first
    #expect(word?.column == 1)
    #expect(abs((word?.peak ?? 0) - logf(0.9)) < 1e-6)
  }

  @Test func `nothing at all is the empty reading`() {
    let readings = PrefixSearch.read([])
    #expect(readings.map(\.labels) == [[]] && readings[0].logProbability == 0)
  }
}
