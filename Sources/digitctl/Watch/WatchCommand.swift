import ArgumentParser
import CommandSupport
import Dispatch
import EventFeed
import Events
import Files
import Glibc
import Wording

struct WatchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Show live what the daemon hears, in full screen.",
    discussion: """
      The last digit large, how probable each of the ten is, the level, the last minute as a mel spectrogram with the \
      words marked, and what was heard before. Keys: q quits, p freezes the picture, m closes and opens the microphone, \
      h helps. NO_COLOR is respected.
      """)

  @OptionGroup var socket: SocketOption

  private enum Input: Sendable {
    case update(EventClient.Update)
    case bytes([UInt8])
    case endOfKeys
    case loneEscape
    case signal(CInt)
    case drawNow
    /// The last word is no longer new.
    case faded
    /// A request was answered; with a sentence if it failed.
    case answered(failure: String?)
    case failed(String)
  }

  func run() async throws {
    let environment = Environment.current
    let abilities = TerminalAbilities(environment: environment)
    guard Terminal.isThere, abilities.canMoveCursor else {
      printError("watch needs a terminal; digitctl subscribe --format text gives lines")
      throw ExitCode(EX_USAGE)
    }
    let client = socket.client
    let (inputs, sender) = AsyncStream.makeStream(of: Input.self, bufferingPolicy: .bufferingNewest(4096))
    let sources = Self.listen { sender.yield($0) }
    Terminal.enter()
    defer { Terminal.leave() }
    let following = Task {
      do {
        try await client.follow(Event.Kind.broadcast) { sender.yield(.update($0)) }
      } catch is CancellationError {
      } catch {
        sender.yield(.failed("\(error)"))
      }
    }
    defer { following.cancel() }
    let glyphs: Glyphs = abilities.isUnicode ? .unicode : .ascii
    let (wishes, ask) = AsyncStream.makeStream(of: Bool.self)
    // One after another, so that the last key that was pressed counts.
    let asking = Task {
      for await isPaused in wishes {
        do {
          _ = try await client.answer { try await $0.pause(isPaused) }
          // It shows as the state that follows.
          sender.yield(.answered(failure: nil))
        } catch {
          sender.yield(.answered(failure: "\(error)"))
        }
      }
    }
    defer { asking.cancel() }
    var loop = Loop(
      ask: { ask.yield($0) }, screen: WatchScreen(glyphs: glyphs, utcOffset: localUTCOffset()),
      encoder: FrameEncoder(colours: abilities.colours),
      later: { delay, input in
        Task {
          try await Task.sleep(for: delay)
          sender.yield(input)
        }
      })
    try loop.draw()
    do {
      for await input in inputs {
        if try loop.take(input) == .ended { break }
      }
    } catch is StandardOutput.Closed {}
    for source in sources { source.cancel() }
    if let failure = loop.failure {
      Terminal.leave()
      printError(failure)
      throw ExitCode.failure
    }
  }

  /// Keys and signals, as inputs.
  private static func listen(_ send: @escaping @Sendable (Input) -> Void) -> [any DispatchSourceProtocol] {
    let queue = DispatchQueue(label: "terminal")
    let keys = DispatchSource.makeReadSource(fileDescriptor: STDIN_FILENO, queue: queue)
    keys.setEventHandler {
      var bytes = [UInt8](repeating: 0, count: 256)
      let count = read(STDIN_FILENO, &bytes, bytes.count)
      if count > 0 {
        send(.bytes(Array(bytes[..<count])))
      } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
        send(.endOfKeys)
        keys.cancel()
      }
    }
    keys.activate()
    return [keys]
      + [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP, SIGCONT].map { number in
        if number != SIGCONT { signal(number, SIG_IGN) }
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler { send(.signal(number)) }
        source.activate()
        return source
      }
  }

  /// Takes the inputs in order and draws.
  private struct Loop {
    enum Outcome { case goesOn, ended }

    let ask: @Sendable (_ isPaused: Bool) -> Void
    let screen: WatchScreen
    var encoder: FrameEncoder
    let later: @Sendable (Duration, Input) -> Void
    private var watch = Watch()
    private var keys = KeyDecoder()
    private var lastDrawn = ContinuousClock.now
    private var isDrawingDue = false
    private var isFadingDue = false
    private(set) var failure: String?

    /// The minimum time between two frames.
    private static let shortestPause = Duration.milliseconds(40)

    init(
      ask: @escaping @Sendable (_ isPaused: Bool) -> Void, screen: WatchScreen, encoder: FrameEncoder,
      later: @escaping @Sendable (Duration, Input) -> Void
    ) {
      self.ask = ask
      self.screen = screen
      self.encoder = encoder
      self.later = later
    }

    mutating func take(_ input: Input) throws -> Outcome {
      switch input {
      case .update(let update): watch.apply(update)
      case .bytes(let bytes):
        for key in keys.push(bytes) where press(key) == .ended { return .ended }
        if keys.isUndecided { later(.milliseconds(50), .loneEscape) }
      case .loneEscape: if let key = keys.flush(), press(key) == .ended { return .ended }
      case .endOfKeys: return .ended
      case .signal(SIGWINCH): encoder.reset()
      case .signal(SIGTSTP):
        Terminal.leave()
        raise(SIGSTOP)
        return .goesOn
      case .signal(SIGCONT):
        Terminal.enter()
        encoder.reset()
      case .signal: return .ended
      case .failed(let sentence):
        failure = sentence
        return .ended
      case .answered(let failure): watch.finishRequest(failure: failure)
      case .drawNow: isDrawingDue = false
      case .faded: isFadingDue = false
      }
      try drawSoon()
      return .goesOn
    }

    private mutating func press(_ key: Key) -> Outcome {
      switch watch.press(key) {
      case .quit: return .ended
      case .redraw: encoder.reset()
      case .pauseListening(let isPaused): ask(isPaused)
      case nil: break
      }
      return .goesOn
    }

    private mutating func drawSoon() throws {
      guard !isDrawingDue else { return }
      let since = lastDrawn.duration(to: .now)
      if since < Self.shortestPause {
        isDrawingDue = true
        later(Self.shortestPause - since, .drawNow)
      } else {
        try draw()
      }
    }

    mutating func draw() throws {
      watch.passTime(to: .now())
      if !isFadingDue, let rest = screen.brightness(of: watch) {
        isFadingDue = true
        later(.milliseconds(min(rest, WatchScreen.brightMs)), .faded)
      }
      let (width, height) = Terminal.size
      let bytes = encoder.encode(screen.frame(watch, width: width, height: height))
      if !bytes.isEmpty { try StandardOutput.write(bytes) }
      lastDrawn = .now
    }
  }
}
