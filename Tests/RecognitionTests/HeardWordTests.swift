import Recognition
import Testing
import VoiceActivity

@Suite struct HeardWordTests {
  private func found(_ digit: Int, _ confidence: Double, _ frames: Range<Int>) -> HeardWord {
    HeardWord(
      word: DetectedWord(
        start: frames.lowerBound, end: frames.upperBound, soundingFrames: frames.count, peak: -20),
      answer: .rather(digit, confidence), voicedFrames: frames.count,
      utterance: DecidedUtterance(
        startMs: 10 * frames.lowerBound, endMs: 10 * frames.upperBound, decidedMs: 2000, computeMs: 1))
  }

  @Test func `of digits that overlap the surest is told`() {
    let (rough, exact) = (found(8, 0.5, 0..<60), found(3, 0.9, 10..<45))
    #expect(HeardWord.surest(of: [rough, exact]) == [exact])
    #expect(HeardWord.surest(of: [exact, rough]) == [exact])
  }

  @Test func `one that spans two surer ones is not told, they are, in the order of time`() {
    let (first, second, both) = (found(7, 0.8, 0..<40), found(2, 0.95, 60..<100), found(9, 0.6, 0..<100))
    #expect(HeardWord.surest(of: [both, second, first]) == [first, second])
  }

  @Test func `one that spans two is told if it is surer than either`() {
    let (first, second, both) = (found(7, 0.8, 0..<40), found(2, 0.85, 60..<100), found(9, 0.9, 0..<100))
    #expect(HeardWord.surest(of: [first, both, second]) == [both])
  }

  @Test func `what lies within 50 ms of a surer one is a part of it`() {
    let six = found(6, 0.9, 0..<40)
    #expect(HeardWord.surest(of: [six, found(8, 0.5, 44..<60)]) == [six])
    #expect(HeardWord.surest(of: [six, found(8, 0.5, 45..<60)]).map(\.answer.guess.digit) == [6, 8])
  }

  @Test func `of none there is none`() {
    #expect(HeardWord.surest(of: []).isEmpty)
  }
}
