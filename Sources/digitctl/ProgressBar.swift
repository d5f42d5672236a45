import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How far long work is, on standard error: a bar that is redrawn on a terminal, a line now and then elsewhere.
final class ProgressBar: Sendable {
  private let onTerminal = isatty(STDERR_FILENO) == 1
  private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

  /// Shows where the work is: ten times a second at most, or once a minute where there is no terminal to redraw.
  func show(_ what: String, share: Double, _ words: String) {
    guard onTerminal else { return showNowAndThen(what, words) }
    let now = ContinuousClock().now
    let due = lastShown.withLock { last in
      if let last, last.duration(to: now) < .milliseconds(100), share < 1 { return false }
      last = now
      return true
    }
    guard due else { return }
    let width = 24
    let full = Int((min(1, max(0, share)) * Double(width)).rounded())
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    write("\r\u{1B}[K\(what.isEmpty ? "" : what + " ")\(bar) \(words)")
  }

  /// A line for a log, where there is no terminal to redraw.
  func note(_ words: String) {
    guard !onTerminal else { return }
    lastShown.withLock { $0 = ContinuousClock().now }
    write(words + "\n")
  }

  /// What is over within a minute, or has said something within it, says nothing here.
  private func showNowAndThen(_ what: String, _ words: String) {
    let now = ContinuousClock().now
    let due = lastShown.withLock { last in
      guard let before = last else {
        last = now
        return false
      }
      guard before.duration(to: now) >= .seconds(60) else { return false }
      last = now
      return true
    }
    if due { write((what.isEmpty ? "" : what + " ") + words + "\n") }
  }

  /// Takes the bar away.
  func clear() {
    if onTerminal { write("\r\u{1B}[K") }
  }

  /// Takes the bar away and says how it ended.
  func end(_ words: String) {
    write(onTerminal ? "\r\u{1B}[K\(words)\n" : words + "\n")
  }

  private func write(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      guard let base = bytes.baseAddress else { return }
      _ = Glibc.write(STDERR_FILENO, base, bytes.count)
    }
  }
}
