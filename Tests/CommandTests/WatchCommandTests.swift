import EventFeed
import Events
import Foundation
import Glibc
import Testing

@Suite(.timeLimit(.minutes(2))) struct WatchCommandTests {
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

  @Test func `the key m closes the microphone and opens it, in the order in which it is pressed`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let terminal = try PseudoTerminal()
      let (_, ended) = try watch(path, on: terminal)
      var pauses = daemon.pauses.makeAsyncIterator()
      _ = terminal.read(until: "listening to default")
      try terminal.host.write(contentsOf: Data("m".utf8))
      _ = terminal.read(until: "paused: the microphone default is closed")
      #expect(await pauses.next() == true)
      // Five times at once: the last one opens it
      try terminal.host.write(contentsOf: Data("mmmmm".utf8))
      for isPaused in [false, true, false, true, false] { #expect(await pauses.next() == isPaused) }
      try terminal.host.write(contentsOf: Data("q".utf8))
      _ = terminal.read(until: "\u{1B}[?1049l")
      for await status in ended { #expect(status == 0) }
      await daemon.stop()
    }
  }

  @Test func `the last digit fades while nothing comes`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let terminal = try PseudoTerminal()
      let (_, ended) = try watch(path, on: terminal)
      _ = terminal.read(until: "listening to default")
      daemon.hub.publish(
        .transcript(
          Event.Transcript(
            guess: Event.Guess(text: "seven", digit: 7, confidence: 0.98, probabilities: []),
            timing: Event.Timing(startMs: 0, endMs: 400, decidedMs: 550, computeMs: 1))))
      _ = terminal.read(until: "seven  98 %")
      // Drawn again, in another style, though nothing was published
      _ = terminal.read(until: "seven  98 %")
      try terminal.host.write(contentsOf: Data("q".utf8))
      _ = terminal.read(until: "\u{1B}[?1049l")
      for await status in ended { #expect(status == 0) }
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
