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

  /// Shows where the work is, ten times a second at most.
  func show(_ what: String, share: Double, _ words: String) {
    guard onTerminal else { return }
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
    if !onTerminal { write(words + "\n") }
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
