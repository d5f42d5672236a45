import TerminalFace
import Training

/// Tells of recordings that cannot be read and are left out of a training or an evaluation, each once, and how many.
final class LeftOut {
  static let strictHelp = "End at a recording that cannot be read (without it: say which, leave it out, and go on)."

  private let isStrict: Bool
  private let bar: ProgressBar
  private var told: Set<String> = []
  private(set) var count = 0

  init(isStrict: Bool, bar: ProgressBar) {
    self.isStrict = isStrict
    self.bar = bar
  }

  /// What is told of each; nil where the first is to end it all.
  var handler: ((ClipLoader.Trouble) -> Void)? { isStrict ? nil : note }

  private func note(_ trouble: ClipLoader.Trouble) {
    // One may be read for several folds.
    guard told.insert(trouble.sentence).inserted else { return }
    if trouble.isLeftOut { count += 1 }
    bar.clear()
    complain(printable(trouble.sentence) + (trouble.isLeftOut ? ": left out" : ""))
  }

  func summarise() {
    if count > 0 {
      complain("\(counted(count, "recording")) could not be read and \(count == 1 ? "is" : "are") left out")
    }
  }
}
