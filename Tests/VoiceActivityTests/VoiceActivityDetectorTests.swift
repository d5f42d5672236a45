import TestSupport
import Testing
import VoiceActivity

@Suite struct VoiceActivityDetectorTests {
  /// What came out of a stream of levels, with the number of frames taken in by then.
  private func run(
    _ levels: [Float], settings: VoiceActivitySettings = VoiceActivitySettings()
  ) -> [(frames: Int, action: VoiceActivityAction)] {
    var detector = VoiceActivityDetector(settings: settings)
    var log: [(frames: Int, action: VoiceActivityAction)] = []
    for level in levels {
      for action in detector.process(level: level) { log.append((detector.frames, action)) }
    }
    for action in detector.interrupt() { log.append((detector.frames, action)) }
    return log
  }

  private func words(_ log: [(frames: Int, action: VoiceActivityAction)]) -> [(word: DetectedWord, ending: WordEnding)]
  {
    log.compactMap { if case .wordEnded(let word, let ending) = $0.action { (word, ending) } else { nil } }
  }

  /// Room noise with a triangle of a word, 400 ms long, every two seconds.
  private func room(_ seconds: Int, noise: Float, spread: Float, peak: Float?, seed: UInt64) -> [Float] {
    var random = SeededGenerator(seed: seed)
    return (0..<seconds * 100).map { frame in
      let bed = noise + Float.random(in: -spread...spread, using: &random)
      let position = frame % 200 - 100
      guard let peak, (0..<40).contains(position) else { return bed }
      return max(bed, peak - abs(Float(position) - 20))
    }
  }

  @Test(arguments: [-75, -60, -45] as [Float])
  func `words are found one by one over steady noise of any level`(noise: Float) {
    // A stream that begins in loud noise takes it for a sound until the floor has come up to it.
    let found = words(run(room(20, noise: noise, spread: 1.5, peak: noise + 35, seed: 3)))
      .filter { $0.ending != .background }
    #expect(found.count == 10)
    for (index, found) in found.enumerated() {
      #expect(found.ending == .gap)
      #expect(abs(found.word.start - (100 + 200 * index)) <= 8)
      #expect(abs(found.word.end - (140 + 200 * index)) <= 15)
    }
  }

  @Test func `a word that overtakes a murmur is heard to its end`() {
    // A murmur 10 dB over the room, then a word 20 dB over the murmur whose second half is 15 dB softer than its first.
    let levels =
      [Float](repeating: -46, count: 400) + [Float](repeating: -35, count: 45) + [Float](repeating: -13, count: 20)
      + [Float](repeating: -28, count: 20) + [Float](repeating: -46, count: 60)
    let found = words(run(levels)).filter { $0.word.end > 400 }
    #expect(found.map(\.ending) == [.overtaken, .gap])
    guard let word = found.last?.word else { return }
    #expect(word.start <= 445 && (483...490).contains(word.end))
  }

  @Test func `words 15 dB over lively babble are found though babble is far over its own floor`() {
    // Babble moves by ±8 dB within a few frames.
    var random = SeededGenerator(seed: 5)
    var bed: Float = -40
    let levels = (0..<4000).map { frame -> Float in
      bed += 0.3 * (Float.random(in: -56 ... -32, using: &random) - bed)
      let position = frame % 200 - 100
      return (0..<40).contains(position) ? max(bed, -22 - 0.3 * abs(Float(position) - 20)) : bed
    }
    let found = words(run(levels))
    let hits = (0..<20).filter { index in
      let middle = 120 + 200 * index
      return found.contains { $0.word.start <= middle && middle < $0.word.end && $0.word.end - $0.word.start < 90 }
    }
    #expect(hits.count >= 18)
  }

  @Test func `a fan that starts is not one endless utterance, and words over it are found`() {
    let before = room(5, noise: -65, spread: 1.5, peak: nil, seed: 7)
    let after = room(20, noise: -42, spread: 1.5, peak: -15, seed: 8)
    let log = run(before + after)
    let found = words(log).filter { $0.ending == .gap && $0.word.start > 750 }
    #expect(found.count == 9)
    let stops = log.filter { if case .speechStopped = $0.action { true } else { false } }
    #expect(stops.count >= 8)
  }

  @Test func `a stream that begins in the middle of a word has that word`() {
    let word = [Float](repeating: -20, count: 30)
    let found = words(run(word + [Float](repeating: -62, count: 100)))
    #expect(found.map(\.word.start) == [0])
    #expect(found.map(\.word.end) == [30])
  }

  @Test func `a word after minutes of digital silence is found`() {
    let levels = [Float](repeating: -100, count: 12_000) + [Float](repeating: -30, count: 30)
    let found = words(run(levels + [Float](repeating: -100, count: 50)))
    #expect(found.map(\.word.start) == [12_000])
    #expect(found.map(\.word.end) == [12_030])
  }

  @Test func `sound under the absolute minimum is no speech, however quiet the room`() {
    let log = run(room(20, noise: -95, spread: 1, peak: -62, seed: 9))
    #expect(log.isEmpty)
  }

  // MARK: whatever comes

  /// Random stretches of random levels: steps, ramps, bursts, not-a-numbers.
  private func wild(seed: UInt64, frames: Int) -> [Float] {
    var random = SeededGenerator(seed: seed)
    var levels: [Float] = []
    while levels.count < frames {
      let center = Float.random(in: -100...0, using: &random)
      let spread = Float.random(in: 0...20, using: &random)
      let count = [1, 2, 5, 20, 60, 150, 500].randomElement(using: &random) ?? 1
      for _ in 0..<count { levels.append(center + Float.random(in: -spread...spread, using: &random)) }
      if Int.random(in: 0..<20, using: &random) == 0 { levels.append(.nan) }
      if Int.random(in: 0..<20, using: &random) == 0 { levels.append(.infinity) }
    }
    return levels
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `stretches and words alternate, never overlap and lie within their stretch`(seed: UInt64) {
    let log = run(wild(seed: seed, frames: 8000))
    var isSpeech = false
    var openWord: Int?
    var lastEnd = 0
    for (frames, action) in log {
      switch action {
      case .speechStarted(let frame):
        #expect(!isSpeech)
        #expect(frame < frames)
        isSpeech = true
      case .wordStarted(let frame):
        #expect(isSpeech && openWord == nil)
        #expect(frame >= lastEnd && frame < frames)
        openWord = frame
      case .paused(let word, let quiet, _):
        #expect(word.start == openWord)
        #expect(word.end > word.start && word.end <= frames && quiet > 0)
      case .wordResumed(let frame):
        #expect(openWord != nil && frame < frames)
      case .wordEnded(let word, _):
        #expect(word.start == openWord)
        #expect(word.end > word.start && word.end <= frames)
        #expect(word.soundingFrames <= word.end - word.start)
        lastEnd = word.end
        openWord = nil
      case .speechStopped(let frame):
        #expect(isSpeech && openWord == nil)
        #expect(frame <= frames)
        isSpeech = false
      }
    }
    #expect(!isSpeech && openWord == nil)
  }

  @Test(arguments: 1...40 as ClosedRange<UInt64>)
  func `whatever came before, a stretch stops in quiet and the next word is found`(seed: UInt64) {
    let before = wild(seed: seed, frames: 3000)
    let quiet = [Float](repeating: -70, count: 400)
    let word = [Float](repeating: -30, count: 30)
    let log = run(before + quiet + word + quiet)
    let start = before.count + 400
    #expect(words(log).contains { $0.word.start == start && $0.word.end == start + 30 && $0.ending == .gap })
    let last = log.last?.action
    #expect(last == .speechStopped(frame: start + 30))
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `whatever came before, a steady sound does not stay speech for longer than four seconds`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let steady = Float.random(in: -60...0, using: &random)
    var detector = VoiceActivityDetector()
    for level in wild(seed: seed, frames: 3000) { _ = detector.process(level: level) }
    for _ in 0..<400 { _ = detector.process(level: steady + Float.random(in: -1...1, using: &random)) }
    #expect(!detector.isSpeech)
  }

  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `settling at any pause keeps words apart`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var detector = VoiceActivityDetector()
    var openWord: Int?
    var lastEnd = 0
    for level in wild(seed: seed &+ 100, frames: 6000) {
      for action in detector.process(level: level) {
        switch action {
        case .wordStarted(let frame):
          #expect(openWord == nil && frame >= lastEnd)
          openWord = frame
        case .paused(let word, _, _):
          guard Bool.random(using: &random) else { break }
          detector.settleWord()
          #expect(word.start == openWord)
          lastEnd = word.end
          openWord = nil
        case .wordEnded(let word, _):
          #expect(word.start == openWord)
          lastEnd = word.end
          openWord = nil
        case .speechStarted, .wordResumed, .speechStopped:
          break
        }
      }
    }
  }
}
