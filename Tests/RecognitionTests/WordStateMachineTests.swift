import Recognition
import Testing
import VoiceActivity

/// A reference to a machine, so that a mutating call may stand in an expectation.
private final class Machine {
  private var machine = WordStateMachine(settings: WordSettings())

  var state: WordStateMachine.State { machine.state }

  @discardableResult
  func process(_ action: VoiceActivityAction, mayAttempt: Bool = true) -> WordStateMachine.Step {
    machine.process(action, mayAttempt: mayAttempt)
  }

  func decide(_ recognition: Hypothesis, for word: DetectedWord, quietFrames: Int) -> Bool {
    machine.decide(recognition, for: word, quietFrames: quietFrames)
  }

  func interrupt() { machine.interrupt() }

  func reason(_ reason: RejectionReason, for word: DetectedWord) -> RejectionReason {
    machine.reason(reason, for: word)
  }
}

@Suite struct WordStateMachineTests {
  private func word(_ start: Int, _ end: Int, sounding: Int? = nil, peak: Float = -20) -> DetectedWord {
    DetectedWord(start: start, end: end, soundingFrames: sounding ?? end - start, peak: peak)
  }

  /// A machine that is in a word from frame 0.
  private func inWord() -> Machine {
    let machine = Machine()
    #expect(machine.process(.speechStarted(frame: 0)) == .nothing)
    #expect(machine.process(.wordStarted(frame: 0)) == .nothing)
    #expect(machine.state == .word(.fresh))
    return machine
  }

  /// A machine whose word, 0 to 30, has been decided early.
  private func decided() -> Machine {
    let machine = inWord()
    machine.process(.paused(word(0, 30), quietFrames: 6, fall: 30))
    #expect(machine.decide(.certain(1), for: word(0, 30), quietFrames: 6))
    #expect(machine.state == .decided(end: 30))
    return machine
  }

  // MARK: losses

  @Test func `after a loss no sound is the rest of a word that was decided`() {
    let machine = decided()
    machine.interrupt()
    #expect(machine.state == .idle)
    machine.process(.wordStarted(frame: 33))
    #expect(machine.state == .word(.fresh))
  }

  // MARK: attempts

  @Test func `a plausible end is an attempt`() {
    let machine = inWord()
    let step = machine.process(.paused(word(0, 30), quietFrames: 6, fall: 30))
    #expect(step == .attempt(word(0, 30), quietFrames: 6))
    #expect(machine.state == .word(.fresh))
  }

  @Test func `a certain answer that must wait is not asked for again before, but after the word went on`() {
    let machine = inWord()
    #expect(!machine.decide(.certain(6), for: word(0, 30), quietFrames: 6))
    #expect(machine.process(.paused(word(0, 30), quietFrames: 12, fall: 30)) == .nothing)
    let due = machine.process(.paused(word(0, 30), quietFrames: 14, fall: 30))
    #expect(due == .attempt(word(0, 30), quietFrames: 14))
    #expect(machine.process(.wordResumed(frame: 44)) == .nothing)
    let next = machine.process(.paused(word(0, 50), quietFrames: 6, fall: 30))
    #expect(next == .attempt(word(0, 50), quietFrames: 6))
  }

  @Test func `no attempt too soon, on too small a fall, on too short a word, or without time`() {
    let machine = inWord()
    #expect(machine.process(.paused(word(0, 30), quietFrames: 4, fall: 30)) == .nothing)
    #expect(machine.process(.paused(word(0, 30), quietFrames: 6, fall: 10)) == .nothing)
    #expect(machine.process(.paused(word(0, 30, sounding: 8), quietFrames: 6, fall: 30)) == .nothing)
    #expect(machine.process(.paused(word(0, 30), quietFrames: 6, fall: 30), mayAttempt: false) == .nothing)
    #expect(machine.state == .word(.fresh))
  }

  @Test func `a pause outside a word is nothing`() {
    let machine = Machine()
    #expect(machine.process(.paused(word(0, 30), quietFrames: 6, fall: 30)) == .nothing)
    #expect(machine.process(.wordEnded(word(0, 30), .gap)) == .nothing)
    #expect(!machine.decide(.certain(1), for: word(0, 30), quietFrames: 6))
    #expect(machine.state == .idle)
  }

  @Test func `only a certain digit that has waited long enough goes out`() {
    let machine = inWord()
    #expect(!machine.decide(.doubtful(1), for: word(0, 30), quietFrames: 14))
    #expect(!machine.decide(.noDigit, for: word(0, 30), quietFrames: 14))
    #expect(!machine.decide(.certain(6), for: word(0, 30), quietFrames: 12))
    #expect(machine.state == .word(.fresh))
    #expect(machine.decide(.certain(6), for: word(0, 30), quietFrames: 14))
    #expect(machine.state == .decided(end: 30))
  }

  @Test func `a decided word is not decided again`() {
    let machine = decided()
    #expect(!machine.decide(.certain(1), for: word(0, 30), quietFrames: 8))
    #expect(machine.process(.wordEnded(word(0, 30), .gap)) == .nothing)
    #expect(machine.state == .decided(end: 30))
  }

  @Test func `a word that goes on stays the same word`() {
    let machine = inWord()
    #expect(machine.process(.wordResumed(frame: 40)) == .nothing)
    #expect(machine.state == .word(.fresh))
  }

  // MARK: ends

  @Test(arguments: [WordEnding.gap, .interrupted])
  func `a whole word is concluded`(ending: WordEnding) {
    let machine = inWord()
    #expect(
      machine.process(.wordEnded(word(0, 30), ending), mayAttempt: false) == .conclude(word(0, 30), quietly: false))
    #expect(machine.state == .idle)
  }

  @Test func `other endings are searched, rejected or passed over`() {
    let steps: [(WordEnding, Int, WordStateMachine.Step)] = [
      (.tooLong, 250, .search(word(0, 250), otherwise: .tooLong)),
      (.tooShort, 6, .reject(.tooShort, word(0, 6))),
      (.tooShort, 5, .nothing), (.background, 90, .nothing), (.overtaken, 90, .nothing),
    ]
    for (ending, end, expected) in steps {
      let machine = inWord()
      #expect(machine.process(.wordEnded(word(0, end), ending)) == expected)
      #expect(machine.state == .idle)
    }
  }

  @Test func `of a word that was hardly heard the reason is that`() {
    let machine = Machine()
    #expect(machine.reason(.notADigit, for: word(0, 30, peak: -50)) == .tooQuiet)
    #expect(machine.reason(.unsure, for: word(0, 30, peak: -50)) == .tooQuiet)
    #expect(machine.reason(.unsure, for: word(0, 30, peak: -40)) == .unsure)
    #expect(machine.reason(.tooLong, for: word(0, 30, peak: -50)) == .tooLong)
  }

  // MARK: doubt

  @Test(
    arguments: [
      (0.6, 20, 30, false, true), (0.6, 5, 30, false, false), (0.7, 5, 30, false, true), (0.6, 20, 76, false, false),
      (0.7, 20, 76, false, true), (0.34, 20, 30, true, false), (0.35, 20, 30, true, true), (0.6, 5, 30, true, false),
      (0.84, 20, 16, false, false), (0.85, 20, 16, false, true), (0.6, 20, 17, false, true),
    ] as [(Double, Int, Int, Bool, Bool)])
  func `a digit that is not plain needs a higher score`(
    score: Double, voiced: Int, sounding: Int, isPart: Bool, passes: Bool
  ) {
    let machine = WordStateMachine(settings: WordSettings())
    let heard = Hypothesis.rather(3, score)
    let judged = machine.judge(heard, for: word(0, sounding), voicedFrames: voiced, ongoing: 0, isPart: isPart)
    #expect(judged.decision == (passes ? heard.decision : .rejected(.unsure, heard.guess)))
    #expect(judged.guess == heard.guess)
  }

  @Test(
    arguments: [(0.79, 0.26, false), (0.8, 0.26, true), (0.6, 0.25, true), (0.6, 0, true)] as [(Double, Float, Bool)])
  func `a digit among sounds as loud as itself needs a higher score`(
    score: Double, ongoing: Float, passes: Bool
  ) {
    let machine = WordStateMachine(settings: WordSettings())
    let heard = Hypothesis.rather(3, score)
    let judged = machine.judge(heard, for: word(0, 30), voicedFrames: 20, ongoing: ongoing, isPart: false)
    #expect(judged.decision == (passes ? heard.decision : .rejected(.unsure, heard.guess)))
  }

  @Test(
    arguments: [(3, 9, false), (3, 10, true), (2, 6, false), (2, 8, true), (6, 6, true), (0, 13, false)]
      as [(Int, Int, Bool)])
  func `how much voice a plain digit has depends on the digit`(digit: Int, voiced: Int, passes: Bool) {
    let machine = WordStateMachine(settings: WordSettings())
    let heard = Hypothesis.rather(digit, 0.6)
    let judged = machine.judge(heard, for: word(0, 30), voicedFrames: voiced, ongoing: 0, isPart: false)
    #expect(judged.decision == (passes ? heard.decision : .rejected(.unsure, heard.guess)))
  }

  @Test(
    arguments: [(7, 19, 19, false), (7, 20, 20, true), (0, 25, 25, false), (6, 12, 12, true), (6, 20, 11, false)]
      as [(Int, Int, Int, Bool)])
  func `how short a digit may be depends on the digit, and is not all silence`(
    digit: Int, span: Int, sounding: Int, passes: Bool
  ) {
    let machine = WordStateMachine(settings: WordSettings())
    let heard = Hypothesis.rather(digit, 0.84)
    let found = word(0, span, sounding: sounding)
    #expect(
      machine.judge(heard, for: found, voicedFrames: 20, ongoing: 0, isPart: false).decision
        == (passes ? heard.decision : .rejected(.unsure, heard.guess)))
    let surer = Hypothesis.rather(digit, 0.85)
    #expect(machine.judge(surer, for: found, voicedFrames: 20, ongoing: 0, isPart: false) == surer)
  }

  @Test func `what is no digit stays what it is`() {
    let machine = WordStateMachine(settings: WordSettings())
    #expect(machine.judge(.noDigit, for: word(0, 30), voicedFrames: 0, ongoing: 1, isPart: true) == .noDigit)
  }

  // MARK: after an early decision

  @Test func `a word that begins soon after may be a part of the one decided`() {
    let soon = decided()
    soon.process(.wordStarted(frame: 45))
    #expect(soon.state == .word(.afterDecision))
    let later = decided()
    later.process(.wordStarted(frame: 46))
    #expect(later.state == .word(.fresh))
  }

  @Test func `a burst is not tried, not told, and may be followed by another`() {
    let machine = decided()
    machine.process(.wordStarted(frame: 40))
    #expect(machine.process(.paused(word(40, 51), quietFrames: 8, fall: 30)) == .nothing)
    #expect(machine.process(.wordEnded(word(40, 51), .gap)) == .nothing)
    #expect(machine.state == .decided(end: 51))
    machine.process(.wordStarted(frame: 60))
    #expect(machine.state == .word(.afterDecision))
    #expect(machine.process(.wordEnded(word(60, 66), .tooShort)) == .nothing)
  }

  @Test func `a longer sound is tried, and concluded quietly`() {
    let machine = decided()
    machine.process(.wordStarted(frame: 40))
    let second = word(40, 60)
    #expect(
      machine.process(.paused(second, quietFrames: 6, fall: 30)) == .attempt(second, quietFrames: 6))
    #expect(machine.process(.wordEnded(second, .gap)) == .conclude(second, quietly: true))
    #expect(machine.state == .idle)
  }
}
