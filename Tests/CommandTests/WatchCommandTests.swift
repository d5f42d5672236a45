import EventFeed
import Events
import Foundation
import Glibc
import Testing

@Suite(.timeLimit(.minutes(2))) struct WatchCommandTests {
  /// A terminal of which the test is the other side.
  private final class PseudoTerminal {
    let host: FileHandle
    let guest: FileHandle

    init() throws {
      let descriptor = open("/dev/ptmx", O_RDWR | O_NOCTTY)
      try #require(descriptor >= 0)
      // TIOCSPTLCK and TIOCGPTN, macros that Swift does not see: unlock the other side, and ask for its number.
      var lock: CInt = 0
      var number: CInt = 0
      try #require(ioctl(descriptor, 0x4004_5431, &lock) == 0 && ioctl(descriptor, 0x8004_5430, &number) == 0)
      let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
      try #require(other >= 0)
      host = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      guest = FileHandle(fileDescriptor: other, closeOnDealloc: true)
      var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
      try #require(ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0)
    }

    var flags: tcflag_t {
      var settings = termios()
      tcgetattr(guest.fileDescriptor, &settings)
      return settings.c_lflag
    }

    /// What was written, up to and with `words`.
    func read(until words: String) -> String {
      var text = Data()
      while let piece = try? host.read(upToCount: 1), !piece.isEmpty {
        text += piece
        if text.suffix(words.utf8.count) == Data(words.utf8) { break }
      }
      return String(decoding: text, as: UTF8.self)
    }
  }

  private func watch(_ path: String, on terminal: PseudoTerminal) throws -> (
    process: Process, ended: AsyncStream<Int32>
  ) {
    let process = Process()
    process.executableURL = Command.products.appending(path: "digitctl")
    process.arguments = ["watch", "--socket", path]
    process.environment = ProcessInfo.processInfo.environment
      .merging(["TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "NO_COLOR": "1"]) { $1 }
    process.standardInput = terminal.guest
    process.standardOutput = terminal.guest
    process.standardError = FileHandle.nullDevice
    let (ended, sender) = AsyncStream.makeStream(of: Int32.self)
    process.terminationHandler = {
      sender.yield($0.terminationStatus)
      sender.finish()
    }
    try process.run()
    return (process, ended)
  }

  @Test func `it shows what is heard and restores the terminal on q`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let terminal = try PseudoTerminal()
      let before = terminal.flags
      let (_, ended) = try watch(path, on: terminal)
      _ = terminal.read(until: "listening to default")
      #expect(terminal.flags & tcflag_t(ICANON | ECHO) == 0)
      let guess = Event.Guess(
        text: "seven", digit: 7, confidence: 0.98, probabilities: [Double](repeating: 0.1, count: 10))
      let timing = Event.Timing(startMs: 0, endMs: 400, decidedMs: 550, computeMs: 1)
      daemon.hub.publish(.transcript(Event.Transcript(guess: guess, timing: timing)))
      _ = terminal.read(until: "after 151 ms")
      // Its strip is a spectrogram as soon as the daemon sends spectra.
      daemon.hub.publish(FakeDaemon.tone(at: 100))
      daemon.hub.publish(FakeDaemon.level)
      _ = terminal.read(until: "4 kHz")
      try terminal.host.write(contentsOf: Data("q".utf8))
      _ = terminal.read(until: "\u{1B}[?1049l")
      for await status in ended { #expect(status == 0) }
      #expect(terminal.flags == before)
      await daemon.stop()
    }
  }

  @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGSEGV]) func `it restores the terminal on signals`(signal: CInt)
    async throws
  {
    try await FakeDaemon.withPath { path in
      let terminal = try PseudoTerminal()
      let before = terminal.flags
      let (process, ended) = try watch(path, on: terminal)
      _ = terminal.read(until: "no program listens")
      kill(process.processIdentifier, signal)
      _ = terminal.read(until: "\u{1B}[?1049l")
      for await _ in ended {}
      #expect(terminal.flags == before)
    }
  }

  @Test func `without a terminal it says so`() async throws {
    let result = try await Command.run(["watch"])
    #expect(result.status == 64)
    #expect(result.errors == "digitctl: watch needs a terminal; digitctl subscribe --format text gives lines\n")
    #expect(result.output.isEmpty)
  }
}
