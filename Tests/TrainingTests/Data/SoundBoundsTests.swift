import TestSupport
import Testing
import Training
import VoiceActivity

@Suite struct SoundBoundsTests {
  private func levels(_ parts: (Float, Int)...) -> [Float] {
    parts.flatMap { [Float](repeating: $0.0, count: $0.1) }
  }

  @Test func `in a room the word is found with its edges`() {
    #expect(SoundBounds.mainUtterance(in: levels((-60, 100), (-45, 5), (-20, 40), (-60, 100))) == 100..<145)
  }

  @Test func `a recording cut tightly is all word`() {
    #expect(SoundBounds.mainUtterance(in: levels((-30, 8), (-18, 20), (-25, 6))) == 0..<34)
  }

  @Test func `the soft fricative that a tightly cut recording begins with is not taken for background`() {
    #expect(SoundBounds.mainUtterance(in: levels((-44, 10), (-18, 20), (-40, 6))) == 0..<36)
  }

  @Test func `the parts of one word are joined across its silences`() {
    #expect(
      SoundBounds.mainUtterance(in: levels((-70, 50), (-20, 20), (-70, 12), (-35, 10), (-70, 50))) == 50..<92)
  }

  @Test func `another word half a second off is not part of it`() {
    #expect(
      SoundBounds.mainUtterance(in: levels((-60, 30), (-20, 40), (-60, 50), (-28, 20), (-60, 30))) == 30..<70)
  }

  @Test func `a click louder than the word is not the utterance`() {
    #expect(
      SoundBounds.mainUtterance(in: levels((-60, 30), (-5, 2), (-60, 60), (-25, 35), (-60, 30))) == 92..<127)
  }

  @Test func `a long breath is not the utterance`() {
    #expect(
      SoundBounds.mainUtterance(in: levels((-60, 30), (-48, 60), (-60, 40), (-20, 35), (-60, 30))) == 130..<165)
  }

  @Test func `silence has no utterance, nor has nothing`() {
    #expect(SoundBounds.mainUtterance(in: []) == nil)
    #expect(SoundBounds.mainUtterance(in: levels((-100, 50))) == nil)
    let empty = UnsafeBufferPointer<Float>(start: nil, count: 0)
    #expect(SoundBounds.find(in: empty) == nil)
  }

  @Test(arguments: [1, 79, 80, 81, 300, 399, 400])
  func `a recording of a few samples has bounds within it`(count: Int) throws {
    let samples = [Float](repeating: 0.1, count: count)
    let bounds = try #require(samples.withUnsafeBufferPointer { SoundBounds.find(in: $0) })
    #expect(bounds.utterance == 0..<count)
  }

  @Test func `the utterance is found in samples`() throws {
    var samples = [Float](repeating: 0, count: 8000)
    var random = TestSupport.SeededGenerator(seed: 4)
    for index in samples.indices {
      samples[index] = Float.random(in: -0.001...0.001, using: &random)
      if (3200..<6400).contains(index) { samples[index] += Float.random(in: -0.3...0.3, using: &random) }
    }
    let bounds = try #require(samples.withUnsafeBufferPointer { SoundBounds.find(in: $0) })
    #expect(bounds.utterance == 3200..<6400)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `whatever the levels, the bounds lie within the recording`(seed: UInt64) throws {
    var random = TestSupport.SeededGenerator(seed: seed)
    let levels = (0..<Int.random(in: 6...300, using: &random)).map { _ in Float.random(in: -90...0, using: &random) }
    let frames = try #require(SoundBounds.mainUtterance(in: levels))
    #expect(frames.lowerBound >= 0 && frames.upperBound <= levels.count && !frames.isEmpty)
  }
}
