import Testing
import Training

/// Sounds at 8 kHz are made of pieces of 10 ms: a vowel is a low tone, a fricative alternates from sample to sample. A vowel
/// that breaks off ends with a step, which is sharp and counts as a piece.
@Suite struct WordCutTests {
  private static func vowel(_ pieces: Int, _ level: Float = 0.3) -> [Float] {
    (0..<pieces * 80).map { $0 / 20 % 2 == 0 ? level : -level }
  }

  private static func fricative(_ pieces: Int, _ level: Float) -> [Float] {
    (0..<pieces * 80).map { $0 % 2 == 0 ? level : -level }
  }

  private static func silence(_ pieces: Int) -> [Float] { [Float](repeating: 0, count: pieces * 80) }

  /// The first and the last piece of 10 ms.
  private static func pieces(_ samples: [Float]) throws -> Range<Int> {
    let sound = try #require(WordCut(samples)).sound
    return sound.lowerBound / 80..<sound.upperBound / 80
  }

  @Test func `a vowel is cut with a little of the silence beside it`() throws {
    #expect(try Self.pieces(Self.silence(50) + Self.vowel(20) + Self.silence(50)) == 48..<74)
  }

  @Test func `a fricative far softer than its vowel belongs to the word, before and after it`() throws {
    let soft: Float = 0.01  // 30 dB under the vowel
    let four = Self.silence(50) + Self.fricative(12, soft) + Self.vowel(20) + Self.silence(50)
    #expect(try Self.pieces(four) == 48..<86)
    let six = Self.silence(50) + Self.vowel(20) + Self.silence(3) + Self.fricative(12, soft) + Self.silence(50)
    #expect(try Self.pieces(six) == 48..<88)
  }

  @Test func `noise that goes on for longer than a fricative does not belong to it`() throws {
    let noisy = Self.fricative(80, 0.01) + Self.vowel(20) + Self.fricative(80, 0.01)
    #expect(try Self.pieces(noisy) == 78..<103)
  }

  @Test func `a recording cut to its word keeps its soft beginning`() throws {
    #expect(try Self.pieces(Self.fricative(12, 0.01) + Self.vowel(20)) == 0..<32)
  }

  @Test func `silence and a click have no word`() {
    #expect(WordCut(Self.silence(50)) == nil)
    #expect(WordCut(Self.vowel(4)) == nil)
  }
}
