import Testing
import Training

@Suite struct SeededGeneratorTests {
  @Test func `the sequence is the published xoshiro256++ seeded by SplitMix64`() {
    var generator = SeededGenerator(seed: 42)
    let drawn = (0..<4).map { _ in generator.next() }
    #expect(drawn == SeededGeneratorTests.golden)
  }

  @Test func `streams under one seed differ, and their numbers' order matters`() {
    var a = SeededGenerator(seed: 7, stream: 1, 2)
    var b = SeededGenerator(seed: 7, stream: 2, 1)
    var again = SeededGenerator(seed: 7, stream: 1, 2)
    let first = a.next()
    #expect(first != b.next())
    #expect(first == again.next())
  }

  @Test func `uniform, normal, chance and index have the moments they promise`() {
    var generator = SeededGenerator(seed: 3)
    let count = 100_000
    var sum = 0.0
    var normalSum = 0.0
    var normalSquares = 0.0
    var hits = 0
    var indices = [Int](repeating: 0, count: 7)
    for _ in 0..<count {
      let u = generator.uniform(in: -2...3)
      #expect((-2...3).contains(u))
      sum += Double(u)
      let z = Double(generator.normal())
      normalSum += z
      normalSquares += z * z
      if generator.chance(0.3) { hits += 1 }
      indices[generator.index(below: 7)] += 1
    }
    // Five standard errors each: sqrt(25 / 12 / n), sqrt(1 / n), sqrt(2 / n), sqrt(.21 / n), sqrt(6 / 49 / n).
    let n = Double(count)
    #expect(abs(sum / n - 0.5) < 5 * (25 / 12 / n).squareRoot())
    #expect(abs(normalSum / n) < 5 * (1 / n).squareRoot())
    #expect(abs(normalSquares / n - 1) < 5 * (2 / n).squareRoot())
    #expect(abs(Double(hits) / n - 0.3) < 5 * (0.21 / n).squareRoot())
    for index in indices {
      #expect(abs(Double(index) / n - 1.0 / 7) < 5 * (6.0 / 49 / n).squareRoot())
    }
  }
}

extension SeededGeneratorTests {
  /// Made with a second implementation in Python's integers, from the authors' C sources.
  static let golden: [UInt64] = [
    0xD076_4D4F_4476_689F,
    0x519E_4174_576F_3791,
    0xFBE0_7CFB_0C24_ED8C,
    0xB37D_9F60_0CD8_35B8,
  ]
}
