import Synchronization
import Wording

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The progress of long work on standard error: a bar on a terminal, otherwise a line from time to time.
package final class ProgressBar: Sendable {
  private let onTerminal = isatty(STDERR_FILENO) == 1
  private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

  package init() {}

  /// Shows the progress: at most ten times a second on a terminal, otherwise once a minute.
  package func show(_ what: String, share: Double, _ words: String) {
    let what = what.isEmpty ? "" : what + " "
    guard onTerminal else {
      // Work that ends within a minute writes nothing.
      if isDue(every: .seconds(60), first: false) { write(what + words + "\n") }
      return
    }
    guard isDue(every: .milliseconds(100), first: true, always: share >= 1) else { return }
    write("\r\u{1B}[K\(what)\(bar(share, width: 24)) \(words)")
  }

  /// A line for a log; nothing on a terminal.
  package func note(_ words: String) {
    guard !onTerminal else { return }
    lastShown.withLock { $0 = ContinuousClock().now }
    write(words + "\n")
  }

  /// Whether it is time to show something again. If so, the pause starts over.
  ///
  /// - Parameter first: whether the first call is due.
  private func isDue(every pause: Duration, first: Bool, always: Bool = false) -> Bool {
    let now = ContinuousClock().now
    return lastShown.withLock { last in
      let isDue = always || last.map { $0.duration(to: now) >= pause } ?? first
      if isDue || last == nil { last = now }
      return isDue
    }
  }

  /// Removes the bar.
  package func clear() {
    if onTerminal { write("\r\u{1B}[K") }
  }

  /// Replaces the bar by how the work ended.
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
