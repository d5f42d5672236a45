import TestSupport
import Testing
import VoiceActivity

@Suite struct UtteranceBoundsTests {
  private func levels(_ parts: (Float, Int)...) -> [Float] {
    parts.flatMap { [Float](repeating: $0.0, count: $0.1) }
  }

  @Test func `in a room the word is found with its edges`() {
    #expect(UtteranceBounds.mainUtterance(in: levels((-60, 100), (-45, 5), (-20, 40), (-60, 100))) == 100..<145)
  }

  @Test func `a recording cut tightly is all word`() {
    #expect(UtteranceBounds.mainUtterance(in: levels((-30, 8), (-18, 20), (-25, 6))) == 0..<34)
  }

  @Test func `the soft fricative that a tightly cut recording begins with is not taken for background`() {
    #expect(UtteranceBounds.mainUtterance(in: levels((-44, 10), (-18, 20), (-40, 6))) == 0..<36)
  }

  @Test func `the parts of one word are joined across its silences`() {
    #expect(
      UtteranceBounds.mainUtterance(in: levels((-70, 50), (-20, 20), (-70, 12), (-35, 10), (-70, 50))) == 50..<92)
  }

  @Test func `another word half a second off is not part of it`() {
    #expect(
      UtteranceBounds.mainUtterance(in: levels((-60, 30), (-20, 40), (-60, 50), (-28, 20), (-60, 30))) == 30..<70)
  }

  @Test func `a click louder than the word is not the utterance`() {
    #expect(
      UtteranceBounds.mainUtterance(in: levels((-60, 30), (-5, 2), (-60, 60), (-25, 35), (-60, 30))) == 92..<127)
  }

  @Test func `a long breath is not the utterance`() {
    #expect(
      UtteranceBounds.mainUtterance(in: levels((-60, 30), (-48, 60), (-60, 40), (-20, 35), (-60, 30))) == 130..<165)
  }

  @Test func `silence has no utterance, nor has nothing`() {
    #expect(UtteranceBounds.mainUtterance(in: []) == nil)
    #expect(UtteranceBounds.mainUtterance(in: levels((-100, 50))) == nil)
    let empty = UnsafeBufferPointer<Float>(start: nil, count: 0)
    #expect(UtteranceBounds.find(in: empty) == nil)
  }

  @Test(arguments: [1, 79, 80, 81, 300, 399, 400])
  func `a recording of a few samples has bounds within it`(count: Int) throws {
    let samples = [Float](repeating: 0.1, count: count)
    let bounds = try #require(samples.withUnsafeBufferPointer { UtteranceBounds.find(in: $0) })
    #expect(bounds.utterance == 0..<count)
    #expect(bounds.background.isEmpty)
  }

  @Test func `samples: the utterance, and what lies before it less 60 ms`() throws {
    var samples = [Float](repeating: 0, count: 8000)
    var random = SeededGenerator(seed: 4)
    for index in samples.indices {
      samples[index] = Float.random(in: -0.001...0.001, using: &random)
      if (3200..<6400).contains(index) { samples[index] += Float.random(in: -0.3...0.3, using: &random) }
    }
    let bounds = try #require(samples.withUnsafeBufferPointer { UtteranceBounds.find(in: $0) })
    #expect(bounds.utterance == 3200..<6400)
    #expect(bounds.background == 0..<2720)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `whatever the levels, the bounds lie within the recording`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let levels = (0..<Int.random(in: 6...300, using: &random)).map { _ in Float.random(in: -90...0, using: &random) }
    let frames = try #require(UtteranceBounds.mainUtterance(in: levels))
    #expect(frames.lowerBound >= 0 && frames.upperBound <= levels.count && !frames.isEmpty)
  }

  @Test func `a word in a noise without a quiet place is cut tighter until it is as long as a word`() {
    // Given chatter that comes and goes up to 9 dB under the word: all of it seems to be the utterance
    let chatter = (0..<5).flatMap { _ in levels((-29, 5), (-40, 5)) }
    let recording = chatter + levels((-20, 40)) + chatter
    #expect(UtteranceBounds.mainUtterance(in: recording) == 0..<140)
    // Then the last of the tighter cuts is the word
    #expect(UtteranceBounds.tightened(in: recording, longest: 102).last == 50..<90)
  }

  @Test func `what is short enough is not cut tighter`() {
    #expect(UtteranceBounds.tightened(in: levels((-60, 100), (-20, 40), (-60, 100)), longest: 102).isEmpty)
    #expect(UtteranceBounds.tightened(in: [], longest: 102).isEmpty)
    #expect(UtteranceBounds.tightened(in: levels((-130, 200)), longest: 102).isEmpty)
  }

  @Test func `tighter cuts get shorter, and each lies within the recording`() {
    var random = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      let levels = (0..<Int.random(in: 1...400, using: &random)).map { _ in Float.random(in: -90...(-5), using: &random)
      }
      let cuts = UtteranceBounds.tightened(in: levels, longest: 40)
      var last = UtteranceBounds.mainUtterance(in: levels)?.count ?? 0
      for cut in cuts {
        #expect(cut.lowerBound >= 0 && cut.upperBound <= levels.count && !cut.isEmpty)
        #expect(cut.count < last)
        last = cut.count
      }
    }
  }
}
