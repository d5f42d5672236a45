import CommandSupport
import Synchronization
import Training
import Wording

/// Reports recordings that cannot be read and are left out of a training or an evaluation: each once, and their number.
final class LeftOut: Sendable {
  static let strictHelp = "Stop at a recording that cannot be read (default: report it, leave it out and continue)."

  private struct State {
    var reported: Set<String> = []
    var count = 0
  }

  private let isStrict: Bool
  private let bar: ProgressBar
  private let state = Mutex(State())

  init(isStrict: Bool, bar: ProgressBar) {
    self.isStrict = isStrict
    self.bar = bar
  }

  /// Reports one problem; nil if the first one should end the command.
  var handler: ((ClipLoader.Trouble) -> Void)? {
    guard !isStrict else { return nil }
    return { trouble in self.note(trouble) }
  }

  private func note(_ trouble: ClipLoader.Trouble) {
    let isNew = state.withLock { state -> Bool in
      // A recording may be read more than once.
      guard state.reported.insert(trouble.sentence).inserted else { return false }
      if trouble.isLeftOut { state.count += 1 }
      return true
    }
    guard isNew else { return }
    bar.clear()
    printError(printable(trouble.sentence) + (trouble.isLeftOut ? ": left out" : ""))
  }

  func summarise() {
    let count = state.withLock { $0.count }
    guard count > 0 else { return }
    printError("\(counted(count, "recording")) could not be read and \(count == 1 ? "is" : "are") left out")
  }
}
