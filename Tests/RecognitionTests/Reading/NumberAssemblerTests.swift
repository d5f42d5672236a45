import Recognition
import Testing

@Suite struct NumberAssemblerTests {
  private static let pause = 6400

  private static func assembler() -> NumberAssembler {
    var settings = NumberAssembler.Settings()
    settings.longestGap = 8000
    return NumberAssembler(pause: pause, settings: settings)
  }

  private func part(_ digit: Int, at sample: Int, confidence: Double = 0.9, other: Int? = nil) -> NumberAssembler.Part {
    var probabilities = [Double](repeating: 0.001, count: 10)
    probabilities[digit] = 0.9
    if let other { probabilities[other] = 0.09 }
    return NumberAssembler.Part(
      digit: digit, confidence: confidence, probabilities: probabilities, samples: sample..<sample + 2400)
  }

  private func digits(_ number: NumberAssembler.Number?) -> [Int?]? { number?.parts.map(\.digit) }

  @Test func `digits in a row are one number, leading zeros and all`() {
    var assembler = Self.assembler()
    for (index, digit) in [0, 0, 7].enumerated() { #expect(assembler.digit(part(digit, at: index * 4000)) == nil) }
    #expect(!assembler.isEmpty)
    #expect(digits(assembler.end()) == [0, 0, 7])
    #expect(assembler.isEmpty && assembler.end() == nil)
  }

  @Test func `a pause ends a number, when it is as long as was asked for`() {
    var assembler = Self.assembler()
    _ = assembler.digit(part(4, at: 0))
    #expect(assembler.silence(until: 2400 + Self.pause - 1) == nil)
    #expect(digits(assembler.silence(until: 2400 + Self.pause)) == [4])
    #expect(assembler.silence(until: 1_000_000) == nil)
  }

  @Test func `a digit after a pause begins the next number`() {
    var assembler = Self.assembler()
    _ = assembler.digit(part(4, at: 0))
    #expect(assembler.digit(part(5, at: 2400 + Self.pause - 1)) == nil)
    #expect(digits(assembler.digit(part(6, at: 60_000))) == [4, 5])
    #expect(digits(assembler.end()) == [6])
  }

  @Test func `a rejected word between digits is a gap, and a number with a gap is not right`() {
    var assembler = Self.assembler()
    _ = assembler.digit(part(4, at: 0))
    #expect(assembler.rejected(2500..<5000) == nil)
    #expect(assembler.digit(part(5, at: 5000)) == nil)
    let number = assembler.end()
    #expect(digits(number) == [4, nil, 5] && number?.confidence == 0)
  }

  @Test func `a rejected word after the last digit is not part of the number`() {
    var assembler = Self.assembler()
    _ = assembler.digit(part(4, at: 0))
    #expect(assembler.rejected(2500..<5000) == nil)
    #expect(digits(assembler.silence(until: 5000 + Self.pause)) == [4])
  }

  @Test(arguments: [[2500..<12_000], [2500..<4000, 4100..<5000], [20_000..<21_000]])
  func `other speech ends a number`(said: [Range<Int>]) {
    // Given a second of it, two things of it, or one after a pause
    var assembler = Self.assembler()
    _ = assembler.digit(part(4, at: 0))
    let ended = said.compactMap { assembler.rejected($0) }
    #expect(ended.map(digits) == [[4]])
    #expect(assembler.isEmpty)
    // Before any digit it is none of its business.
    #expect(assembler.rejected(0..<100) == nil)
  }

  @Test func `the confidence is that all of it is right`() {
    let number = NumberAssembler.Number(parts: [
      part(1, at: 0, confidence: 0.9), part(2, at: 3000, confidence: 0.8),
    ])
    #expect(abs(number.confidence - 0.72) < 1e-12)
  }

  @Test func `alternatives are other strings, the most probable first`() {
    let number = NumberAssembler.Number(parts: [
      part(1, at: 0, confidence: 0.9, other: 4), part(5, at: 3000, confidence: 0.6, other: 9),
    ])
    let alternatives = number.alternatives(5)
    #expect(alternatives.count == 5)
    #expect(alternatives.first?.digits == "19")
    // 0.9 · 0.4 · 0.09 / 0.1
    #expect(abs((alternatives.first?.confidence ?? 0) - 0.324) < 1e-9)
    #expect(zip(alternatives, alternatives.dropFirst()).allSatisfy { $0.confidence >= $1.confidence })
    #expect(!alternatives.contains { $0.digits == "15" })
    #expect(alternatives.contains { $0.digits == "45" })
  }
}
