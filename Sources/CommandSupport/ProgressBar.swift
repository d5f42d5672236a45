import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How far long work is, on standard error: a bar that is redrawn on a terminal, a line now and then elsewhere.
package final class ProgressBar: Sendable {
  private let onTerminal = isatty(STDERR_FILENO) == 1
  private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

  package init() {}

  /// Shows where the work is: ten times a second at most, or once a minute where there is no terminal to redraw.
  package func show(_ what: String, share: Double, _ words: String) {
    let what = what.isEmpty ? "" : what + " "
    guard onTerminal else {
      // What is over within a minute, or has said something within it, says nothing.
      if isDue(every: .seconds(60), first: false) { write(what + words + "\n") }
      return
    }
    guard isDue(every: .milliseconds(100), first: true, always: share >= 1) else { return }
    let width = 24
    let full = Int((min(1, max(0, share)) * Double(width)).rounded())
    let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
    write("\r\u{1B}[K\(what)\(bar) \(words)")
  }

  /// A line for a log, where there is no terminal to redraw.
  package func note(_ words: String) {
    guard !onTerminal else { return }
    lastShown.withLock { $0 = ContinuousClock().now }
    write(words + "\n")
  }

  /// Whether it is time to show something again, and if so, begins to wait anew.
  ///
  /// - Parameter first: whether the very first time is due.
  private func isDue(every pause: Duration, first: Bool, always: Bool = false) -> Bool {
    let now = ContinuousClock().now
    return lastShown.withLock { last in
      let isDue = always || last.map { $0.duration(to: now) >= pause } ?? first
      if isDue || last == nil { last = now }
      return isDue
    }
  }

  /// Takes the bar away.
  package func clear() {
    if onTerminal { write("\r\u{1B}[K") }
  }

  /// Takes the bar away and says how it ended.
  package func end(_ words: String) {
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
