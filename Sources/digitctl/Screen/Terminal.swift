import Glibc

/// The terminal in full-screen mode: raw keys, the alternate screen, no cursor. It is restored however the program
/// ends.
enum Terminal {
  /// Set once, before any handler can run, because handlers must neither allocate nor lock.
  nonisolated(unsafe) private static var original = termios()
  nonisolated(unsafe) private static var isTaken = false
  /// The alternate screen, no cursor, no wrapping at the right edge.
  private static let take: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l"
  private static let giveBack: StaticString = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"

  static var isThere: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 }

  /// In columns and rows.
  static var size: (width: Int, height: Int) {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  static func enter() {
    guard !isTaken, tcgetattr(STDIN_FILENO, &original) == 0 else { return }
    var raw = original
    // Ctrl-C and Ctrl-Z still send signals.
    raw.c_lflag &= ~tcflag_t(ICANON | ECHO | IEXTEN)
    raw.c_iflag &= ~tcflag_t(ICRNL | INLCR)
    tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    isTaken = true
    write(take)
    restoreAtCrash()
    _ = atexit { Terminal.leave() }
  }

  /// Safe in a signal handler, and when called twice.
  static func leave() {
    guard isTaken else { return }
    isTaken = false
    write(giveBack)
    tcsetattr(STDIN_FILENO, TCSANOW, &original)
  }

  private static func write(_ text: StaticString) {
    _ = Glibc.write(STDOUT_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  /// A program that crashes restores the terminal first.
  private static func restoreAtCrash() {
    for number in [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        Terminal.leave()
        raise(number)
      }
      action.sa_flags = CInt(bitPattern: UInt32(SA_RESETHAND)) | SA_NODEFER
      sigaction(number, &action, nil)
    }
  }
}

/// The local time's distance from UTC at this moment, in seconds.
func localUTCOffset() -> Int {
  var now = time(nil)
  var parts = tm()
  return localtime_r(&now, &parts) == nil ? 0 : parts.tm_gmtoff
}
