import Testing
import VoiceActivity

/// Runs levels through the state machine with thresholds that stand still: onset −40, release −45, edge −50.
struct Script {
  var machine: ActivityStateMachine
  var frame = 0
  var thresholds = ActivityThresholds(onset: -40, release: -45, edge: -50, floor: -60)
  /// Every action with the frame that it came after.
  var log: [(frame: Int, action: VoiceActivityAction)] = []

  init(_ change: (inout VoiceActivitySettings) -> Void = { _ in }) {
    var settings = VoiceActivitySettings()
    change(&settings)
    machine = ActivityStateMachine(settings: settings)
  }

  mutating func hear(_ level: Float, frames: Int = 1) {
    for _ in 0..<frames {
      for action in machine.process(frame: frame, level: level, thresholds: thresholds) { log.append((frame, action)) }
      frame += 1
    }
  }

  mutating func interrupt() {
    for action in machine.interrupt(frame: frame, thresholds: thresholds) { log.append((frame, action)) }
  }

  var actions: [VoiceActivityAction] { log.map(\.action) }

  /// The actions without plausible ends.
  var course: [VoiceActivityAction] {
    actions.filter { if case .paused = $0 { false } else { true } }
  }

  /// Plausible ends: how long the quiet was, and after which frame it was told.
  var pauses: [Int] {
    actions.compactMap { if case .paused(_, let quiet, _) = $0 { quiet } else { nil } }
  }

  var words: [DetectedWord] {
    actions.compactMap { if case .wordEnded(let word, _) = $0 { word } else { nil } }
  }

  var endings: [WordEnding] {
    actions.compactMap { if case .wordEnded(_, let ending) = $0 { ending } else { nil } }
  }
}

private let quiet: Float = -60
private let loud: Float = -20

@Suite struct ActivityStateMachineTests {
  // MARK: quiet and rising

  @Test func `quiet stays quiet`() {
    var script = Script()
    script.hear(quiet, frames: 1000)
    #expect(script.actions.isEmpty)
    #expect(!script.machine.isSpeech && !script.machine.isWord)
  }

  @Test func `a level between release and onset does not begin anything`() {
    var script = Script()
    script.hear(-42, frames: 100)
    #expect(script.actions.isEmpty)
  }

  @Test(arguments: 1...3)
  func `a click of up to three frames is no onset`(frames: Int) {
    var script = Script()
    script.hear(quiet, frames: 10)
    script.hear(0, frames: frames)
    #expect(script.machine.isWord)
    #expect(!script.machine.isSpeech)
    script.hear(quiet, frames: 3)
    #expect(script.actions.isEmpty)
    #expect(script.machine.state == .quiet)
  }

  @Test func `four frames over the onset are a word's beginning`() {
    var script = Script()
    script.hear(quiet, frames: 10)
    script.hear(loud, frames: 4)
    #expect(script.actions == [.speechStarted(frame: 10), .wordStarted(frame: 10)])
    #expect(script.log.map(\.frame) == [13, 13])
    #expect(script.machine.isSpeech && script.machine.isWord)
  }

  @Test func `dips of two frames are forgiven while a sound is being confirmed, three are not`() {
    var forgiven = Script()
    for level in [loud, quiet, quiet, loud, loud, quiet, loud] { forgiven.hear(level) }
    #expect(forgiven.actions == [.speechStarted(frame: 0), .wordStarted(frame: 0)])

    var notForgiven = Script()
    for level in [loud, loud, loud, quiet, quiet, quiet, loud, loud, loud] { notForgiven.hear(level) }
    #expect(notForgiven.actions.isEmpty)
  }

  @Test func `a soft beginning belongs to the word, short dips in it too`() {
    var script = Script()
    script.hear(quiet, frames: 50)
    script.hear(-48, frames: 5)
    script.hear(quiet, frames: 4)
    script.hear(-48, frames: 5)
    script.hear(loud, frames: 4)
    #expect(script.actions.first == .speechStarted(frame: 50))
  }

  @Test func `a soft beginning is followed back for 250 ms at most`() {
    var script = Script()
    script.hear(-48, frames: 100)
    script.hear(loud, frames: 4)
    #expect(script.actions.first == .speechStarted(frame: 75))
  }

  // MARK: words and pauses

  @Test func `plausible ends are told once each, with the word and how far the level has fallen`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 17)
    #expect(script.pauses == [4, 6, 8, 10, 12, 14])
    let word = DetectedWord(start: 0, end: 20, soundingFrames: 20, peak: loud)
    #expect(script.actions.contains(.paused(word, quietFrames: 4, fall: 40)))
    #expect(script.log.first { $0.action == .paused(word, quietFrames: 4, fall: 40) }?.frame == 23)
  }

  @Test func `sound again before the word gap goes on with the same word`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 12)
    script.hear(loud, frames: 10)
    script.hear(quiet, frames: 18)
    #expect(script.course.contains(.wordResumed(frame: 32)))
    #expect(
      script.words == [DetectedWord(start: 0, end: 42, soundingFrames: 30, peak: loud)])
    #expect(script.pauses == [4, 6, 8, 10, 12, 4, 6, 8, 10, 12, 14])
  }

  @Test func `a click in a pause does not resume the word`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 8)
    script.hear(loud)
    script.hear(quiet, frames: 9)
    #expect(script.endings == [.gap])
    #expect(!script.actions.contains(.wordResumed(frame: 28)))
  }

  @Test func `a soft tail belongs to the word, for 150 ms at most`() {
    var short = Script()
    short.hear(loud, frames: 20)
    short.hear(-48, frames: 7)
    short.hear(quiet, frames: 20)
    #expect(short.words.map(\.end) == [27])

    var long = Script()
    long.hear(loud, frames: 20)
    long.hear(-48, frames: 30)
    #expect(long.words.map(\.end) == [35])
  }

  @Test func `far under its peak a word is over, even if the level stays over the release threshold`() {
    var script = Script()
    script.hear(-10, frames: 20)
    script.hear(-35, frames: 18)
    #expect(script.endings == [.gap])
  }

  @Test func `a word with too little sound is told as such`() {
    var script = Script()
    script.hear(loud, frames: 6)
    script.hear(quiet, frames: 48)
    #expect(script.endings == [.tooShort])
    script.hear(loud, frames: 7)
    script.hear(quiet, frames: 48)
    #expect(script.endings == [.tooShort, .gap])
  }

  @Test func `a sound that goes on and on is no word`() {
    var script = Script()
    script.hear(loud, frames: 250)
    #expect(script.endings.isEmpty)
    script.hear(loud)
    #expect(script.endings == [.tooLong])
    #expect(script.machine.isSpeech && !script.machine.isWord)
  }

  @Test func `a sound that the noise floor has come up to was background`() {
    var script = Script()
    script.hear(-35, frames: 50)
    script.thresholds = ActivityThresholds(onset: -26, release: -30, edge: -33, floor: -36)
    script.hear(-35, frames: 18)
    #expect(script.endings == [.background])
  }

  @Test func `a word that rises far over a long murmur overtakes it, with 120 ms or more before it`() {
    var script = Script()
    script.hear(-38, frames: 100)
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 18)
    #expect(script.endings == [.overtaken, .gap])
    let starts = script.words.map(\.start)
    #expect((76...88).contains(starts[1]))
    #expect(script.words[0].end == starts[1])
    #expect(script.words[0].peak == -38, "it was not as loud as what overtook it")
  }

  @Test func `a short word that overtakes a murmur is not too short: its beginning counts`() {
    var script = Script()
    script.hear(-38, frames: 100)
    script.hear(loud, frames: 5)
    script.hear(quiet, frames: 18)
    #expect(script.endings == [.overtaken, .gap])
    let word = script.words[1]
    #expect(word.soundingFrames == 105 - word.start)
  }

  @Test func `a soft beginning of a word is not overtaken by its vowel`() {
    var script = Script()
    script.hear(-38, frames: 20)
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 18)
    #expect(script.endings == [.gap])
    #expect(script.words.map(\.start) == [0])
  }

  @Test func `a word that goes on with its loudest frame is as loud as that`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 8)
    script.hear(-6)
    script.hear(-18, frames: 6)
    script.hear(quiet, frames: 18)
    #expect(script.words.map(\.peak) == [-6])
  }

  @Test func `two bursts with a pause between do not overtake a murmur as one of their length would`() {
    var script = Script()
    script.hear(-38, frames: 60)
    script.hear(loud, frames: 3)
    script.hear(quiet, frames: 8)
    script.hear(loud, frames: 3)
    script.hear(quiet, frames: 18)
    #expect(script.endings == [.gap])
  }

  @Test func `what overtakes after a pause has the burst before it, or leaves it to the word before`() throws {
    var script = Script()
    script.hear(-38, frames: 65)
    script.hear(loud, frames: 3)
    script.hear(quiet, frames: 14)
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 18)
    let word = try #require(script.words.last)
    #expect(word.start <= 65 && word.end == 102)
  }

  // MARK: between words

  @Test func `a second word within the hangover belongs to the same stretch of speech`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 25)
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 60)
    #expect(
      script.course.filter { if case .wordEnded = $0 { false } else { true } } == [
        .speechStarted(frame: 0), .wordStarted(frame: 0), .wordStarted(frame: 45), .speechStopped(frame: 65),
      ])
    #expect(script.endings == [.gap, .gap])
    #expect(script.machine.state == .quiet)
  }

  @Test func `a click between words does not begin one`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 20)
    script.hear(loud, frames: 3)
    #expect(script.machine.isSpeech && script.machine.isWord)
    script.hear(quiet, frames: 3)
    #expect(script.machine.isSpeech && !script.machine.isWord)
    script.hear(quiet, frames: 40)
    #expect(script.words.count == 1)
    #expect(script.course.last == .speechStopped(frame: 20))
  }

  @Test func `ticks between words do not make a stretch longer`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 25)
    script.hear(loud)
    script.hear(quiet, frames: 3)
    script.hear(-42)
    script.hear(quiet, frames: 60)
    #expect(script.course.last == .speechStopped(frame: 20))
  }

  @Test func `the stretch ends with its last sound, when the hangover has passed`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 29)
    #expect(script.machine.isSpeech)
    script.hear(quiet)
    #expect(script.log.last?.frame == 49)
    #expect(script.course.last == .speechStopped(frame: 20))
  }

  @Test func `with a hangover no longer than the word gap both end at once`() {
    var script = Script { $0.hangover = 10 }
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 18)
    #expect(script.endings == [.gap])
    #expect(script.course.last == .speechStopped(frame: 20))
  }

  @Test func `the next word does not reach back into the one before`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(-48, frames: 20)
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 20)
    #expect(script.words.map(\.start) == [0, 35])
    #expect(script.words.map(\.end) == [35, 60])
  }

  // MARK: deciding and interrupting

  @Test func `once a paused word is settled, sound soon after is a new word`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 6)
    script.machine.settle()
    #expect(!script.machine.isWord && script.machine.isSpeech)
    script.hear(quiet, frames: 4)
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 18)
    #expect(script.words == [DetectedWord(start: 30, end: 50, soundingFrames: 20, peak: loud)])
  }

  @Test func `only a pause can be settled`() {
    var script = Script()
    script.machine.settle()
    #expect(script.machine.state == .quiet)
    script.hear(loud, frames: 10)
    let before = script.machine.state
    script.machine.settle()
    #expect(script.machine.state == before)
  }

  @Test func `an interruption of quiet or of a click says nothing`() {
    var script = Script()
    script.interrupt()
    script.hear(loud, frames: 2)
    script.interrupt()
    #expect(script.actions.isEmpty)
    #expect(script.machine.state == .quiet)
  }

  @Test func `an interruption ends the word where the sound breaks off`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.interrupt()
    #expect(script.endings == [.interrupted])
    #expect(script.words.map(\.end) == [20])
    #expect(script.actions.last == .speechStopped(frame: 20))
  }

  @Test func `an interruption in a pause ends the word where it fell`() {
    var script = Script()
    script.hear(loud, frames: 20)
    script.hear(quiet, frames: 6)
    script.interrupt()
    #expect(script.endings == [.interrupted])
    #expect(script.words.map(\.end) == [20])
    #expect(script.actions.last == .speechStopped(frame: 20))
  }

  @Test func `an interruption between words, or in a click there, ends the stretch`() {
    for clickFrames in 0...2 {
      var script = Script()
      script.hear(loud, frames: 20)
      script.hear(quiet, frames: 20)
      script.hear(loud, frames: clickFrames)
      script.interrupt()
      #expect(script.endings == [.gap])
      #expect(script.actions.last == .speechStopped(frame: 20))
    }
  }

  @Test func `a bump cut off by an interruption is too short`() {
    var script = Script()
    script.hear(loud, frames: 6)
    script.interrupt()
    #expect(script.endings == [.tooShort])
  }

  // MARK: clatter

  @Test func `ticks that make a word go on again and again make none that is longer than a word may be`() {
    var script = Script()
    script.hear(loud, frames: 10)
    for _ in 0..<600 {
      script.hear(quiet, frames: 8)
      script.hear(loud, frames: 2)
    }
    #expect(script.endings.contains(.tooLong))
    #expect(script.words.allSatisfy { $0.end - $0.start <= 250 })
    #expect(script.log.first { if case .wordEnded = $0.action { true } else { false } }.map { $0.frame < 270 } == true)
  }

  @Test(arguments: [-42, loud]) func `ticks after a word do not hold the stretch of speech open`(level: Float) {
    var script = Script()
    script.hear(loud, frames: 20)
    for _ in 0..<50 {
      script.hear(quiet, frames: 20)
      script.hear(level)
    }
    #expect(script.actions.last == .speechStopped(frame: 20))
    #expect(script.log.last.map { $0.frame < 60 } == true)
  }
}
