/// Asks for one digit after another and decides which takes are kept; a pure state machine.
package struct RecordSession: Sendable {
  package enum Input: Sendable, Equatable {
    case take(Take)
    /// Nothing was said for a while.
    case silence
    /// Go on to the next digit; the one before again; enough.
    case skip, back, quit
  }

  package enum Action: Sendable, Equatable {
    case ask(Prompt)
    case reject(Take.Problem)
    /// Keep the latest take. `doubt`: what it sounds like to the model, if not like that digit.
    case keep(digit: Int, doubt: Take.Problem?)
    /// Discard the take that was kept last.
    case forgetLast
    case finish(Summary)
  }

  /// What to say now.
  package struct Prompt: Sendable, Equatable {
    package var digit: Int
    /// From 1.
    package var number: Int
    package var total: Int

    package init(digit: Int, number: Int, total: Int) {
      self.digit = digit
      self.number = number
      self.total = total
    }
  }

  package struct Summary: Sendable, Equatable {
    package var kept = 0
    package var skipped = 0
    package var doubtful = 0
    /// Whether everything was asked for.
    package var isComplete = false

    package init(kept: Int = 0, skipped: Int = 0, doubtful: Int = 0, isComplete: Bool = false) {
      self.kept = kept
      self.skipped = skipped
      self.doubtful = doubtful
      self.isComplete = isComplete
    }
  }

  private enum Outcome: Equatable {
    case kept(doubtful: Bool)
    case skipped
  }

  private enum State {
    case idle
    /// `isDoubted`: whether the word was said before and did not sound like the digit.
    case asking(isDoubted: Bool)
    case finished
  }

  private let plan: [Int]
  private var outcomes: [Outcome] = []
  private var state = State.idle

  /// - Parameter plan: the requested digits, in order.
  package init(plan: [Int]) {
    self.plan = plan
  }

  package mutating func start() -> [Action] {
    guard case .idle = state else { return [] }
    return next()
  }

  package mutating func receive(_ input: Input) -> [Action] {
    guard case .asking(let isDoubted) = state else { return [] }
    let digit = plan[outcomes.count]
    switch input {
    case .silence: return [.reject(.silent)]
    case .take(let take):
      switch take.problem(asking: digit) {
      case nil: return keep(digit, doubt: nil)
      case let doubt? where doubt.isDoubt && isDoubted: return keep(digit, doubt: doubt)
      case let problem?:
        state = .asking(isDoubted: isDoubted || problem.isDoubt)
        return [.reject(problem)]
      }
    case .skip:
      outcomes.append(.skipped)
      return next()
    case .back:
      guard let last = outcomes.popLast() else { return [] }
      return (last == .skipped ? [] : [.forgetLast]) + next()
    case .quit: return finish()
    }
  }

  private mutating func keep(_ digit: Int, doubt: Take.Problem?) -> [Action] {
    outcomes.append(.kept(doubtful: doubt != nil))
    return [.keep(digit: digit, doubt: doubt)] + next()
  }

  private mutating func next() -> [Action] {
    guard outcomes.count < plan.count else { return finish() }
    state = .asking(isDoubted: false)
    return [.ask(Prompt(digit: plan[outcomes.count], number: outcomes.count + 1, total: plan.count))]
  }

  private mutating func finish() -> [Action] {
    state = .finished
    var summary = Summary(isComplete: outcomes.count == plan.count)
    for outcome in outcomes {
      switch outcome {
      case .kept(let isDoubtful):
        summary.kept += 1
        if isDoubtful { summary.doubtful += 1 }
      case .skipped: summary.skipped += 1
      }
    }
    return [.finish(summary)]
  }

  /// Rounds of the ten digits, each in another order, none beginning with the last digit of the round before: people
  /// intone lists that they read in order.
  /// - Parameter recorded: how many takes there are of each digit already: so many rounds go on without it.
  package static func plan(
    takes: Int, recorded: [Int] = [Int](repeating: 0, count: 10), using generator: inout some RandomNumberGenerator
  ) -> [Int] {
    var plan: [Int] = []
    for take in 0..<max(0, takes) {
      var round = (0...9).filter { recorded[$0] <= take }.shuffled(using: &generator)
      if round.first == plan.last, !round.isEmpty { round.swapAt(0, round.count - 1) }
      plan += round
    }
    return plan
  }
}
