import digitctl
import TestSupport
import Testing

@Suite struct RecordSessionTests {
  private static func take(
    _ guess: Int?, peak: Double = -6, level: Double = -20, noise: Double = -60, clipped: Int = 0, seconds: Double = 0.4,
    isCut: Bool = false
  ) -> Take {
    Take(
      peakDBFS: peak, levelDBFS: level, noiseDBFS: noise, clippedSamples: clipped, seconds: seconds, isCut: isCut,
      guess: guess, confidence: 0.9)
  }

  private static func prompt(_ digit: Int, _ number: Int, _ total: Int) -> RecordSession.Action {
    .ask(RecordSession.Prompt(digit: digit, number: number, total: total))
  }

  @Test func `good takes are kept, and the next digit is asked for`() {
    var session = RecordSession(plan: [7, 2])
    #expect(session.start() == [Self.prompt(7, 1, 2)])
    #expect(session.receive(.take(Self.take(7))) == [.keep(digit: 7, doubt: nil), Self.prompt(2, 2, 2)])
    let end = RecordSession.Summary(kept: 2, skipped: 0, doubtful: 0, isComplete: true)
    #expect(session.receive(.take(Self.take(2))) == [.keep(digit: 2, doubt: nil), .finish(end)])
    #expect(session.receive(.take(Self.take(2))) == [])
  }

  @Test(arguments: [
    (take(7, level: -50), Take.Problem.tooQuiet(levelDBFS: -50)),
    (take(7, level: -30, noise: -40), .inNoise(decibels: 10)), (take(7, clipped: 4), .clipped),
    (take(7, isCut: true), .cut), (take(7, seconds: 1.9), .tooLong(seconds: 1.9)),
    // The plainest fault is told, not what follows from it.
    (take(3, level: -50, clipped: 9), .clipped),
  ]) func `a bad take is asked for again, however often`(take: Take, problem: Take.Problem) {
    var session = RecordSession(plan: [7])
    _ = session.start()
    for _ in 0..<3 { #expect(session.receive(.take(take)) == [.reject(problem)]) }
    #expect(session.receive(.take(Self.take(7))).first == .keep(digit: 7, doubt: nil))
  }

  @Test func `a take that sounds like another digit is asked for once more and then believed`() {
    var session = RecordSession(plan: [5, 5])
    _ = session.start()
    #expect(session.receive(.take(Self.take(9))) == [.reject(.soundsLike(9))])
    #expect(session.receive(.take(Self.take(9, level: -50))) == [.reject(.tooQuiet(levelDBFS: -50))])
    #expect(session.receive(.take(Self.take(1))) == [.keep(digit: 5, doubt: .soundsLike(1)), Self.prompt(5, 2, 2)])
    // The next word begins with no doubt.
    #expect(session.receive(.take(Self.take(9))) == [.reject(.soundsLike(9))])
    let end = RecordSession.Summary(kept: 1, skipped: 0, doubtful: 1, isComplete: false)
    #expect(session.receive(.quit) == [.finish(end)])
  }

  @Test func `a word that is taken for no digit is asked for once more and then believed`() {
    var session = RecordSession(plan: [5])
    _ = session.start()
    #expect(session.receive(.take(Self.take(nil))) == [.reject(.notRecognised)])
    let words = (0...9).map(String.init)
    #expect(Take.Problem.notRecognised.sentence(words: words) == "not recognised as a digit: say it again")
    let end = RecordSession.Summary(kept: 1, skipped: 0, doubtful: 1, isComplete: true)
    #expect(session.receive(.take(Self.take(nil))) == [.keep(digit: 5, doubt: .notRecognised), .finish(end)])
  }

  @Test func `a slow word of four syllables is not too long`() {
    #expect(Self.take(7, seconds: 1.6).problem(asking: 7) == nil)
  }

  @Test func `silence is reported and changes nothing`() {
    var session = RecordSession(plan: [1])
    _ = session.start()
    #expect(session.receive(.silence) == [.reject(.silent)])
    #expect(session.receive(.take(Self.take(1))).first == .keep(digit: 1, doubt: nil))
  }

  @Test func `one may skip a digit and go back`() {
    var session = RecordSession(plan: [1, 2, 3])
    _ = session.start()
    #expect(session.receive(.back) == [])
    _ = session.receive(.take(Self.take(1)))
    #expect(session.receive(.skip) == [Self.prompt(3, 3, 3)])
    #expect(session.receive(.back) == [Self.prompt(2, 2, 3)])
    #expect(session.receive(.back) == [.forgetLast, Self.prompt(1, 1, 3)])
    _ = session.receive(.skip)
    _ = session.receive(.skip)
    let end = RecordSession.Summary(kept: 0, skipped: 3, doubtful: 0, isComplete: true)
    #expect(session.receive(.skip) == [.finish(end)])
  }

  @Test(arguments: 1...20) func `a plan has every digit in each round, and none twice in a row`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let plan = RecordSession.plan(takes: 6, using: &generator)
    #expect(plan.count == 60)
    for start in stride(from: 0, to: 60, by: 10) { #expect(plan[start..<start + 10].sorted() == Array(0...9)) }
    #expect(zip(plan, plan.dropFirst()).allSatisfy { $0 != $1 })
  }

  @Test func `what is recorded already is taken off the plan`() {
    var generator = SeededGenerator(seed: 1)
    // Given all of some, some of others and more than enough of one
    let recorded = [3, 3, 1, 0, 9, 2, 3, 3, 3, 3]
    let plan = RecordSession.plan(takes: 3, recorded: recorded, using: &generator)
    #expect(plan.sorted() == [2, 2, 3, 3, 3, 5])
    // In rounds: what is missing most comes first, and in the last round all
    #expect(plan.first == 3 && plan.suffix(3).sorted() == [2, 3, 5])
    #expect(RecordSession.plan(takes: 2, recorded: [Int](repeating: 2, count: 10), using: &generator) == [])
  }
}
