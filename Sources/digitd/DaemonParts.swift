import AudioInput
import DigitNetwork
import EventFeed
import Glibc
import Logging
import NIOCore
import NIOPosix
import Recognition
import ServiceLifecycle
import Synchronization

// The parts of the daemon, each made from the settings, each with its failures in one sentence.

extension Daemon {
  static func logger(_ settings: Settings, _ environment: [String: String]) -> Logger {
    let isJournal = environment["JOURNAL_STREAM"] != nil
    var logger = Logger(label: "digitd") { _ in DaemonLogHandler(isJournal: isJournal) }
    logger.logLevel = settings.logLevel
    return logger
  }

  /// The life cycle's own messages are for whoever debugs it.
  static func quiet(_ logger: Logger) -> Logger {
    var quiet = logger
    if logger.logLevel > .debug { quiet.logLevel = .error }
    return quiet
  }

  /// Whether a variable means something: settings, and what belongs to the build and the tests.
  static func knows(variable: String) -> Bool {
    variable == "DIGITD_CONFIG" || variable == "DIGITD_DATA" || variable.hasPrefix("DIGITD_TEST_")
      || Settings.Key.allCases.contains { $0.variable == variable }
  }

  static func recognizer(
    _ settings: Settings, _ environment: [String: String]
  ) throws(DaemonFailure) -> (DigitModel, Recognizer) {
    do {
      let path = try ModelLocator(environment: environment).path(given: settings.model)
      let model = try DigitModel(contentsOf: path)
      do {
        return (model, try Recognizer(model: model))
      } catch {
        throw DaemonFailure.failed("the model \(path) cannot be used: \(error)")
      }
    } catch let failure as DaemonFailure {
      throw failure
    } catch {
      throw .failed("\(error)")
    }
  }

  static func source(_ settings: Settings) throws(DaemonFailure) -> (any AudioSource, Counters) {
    do {
      switch settings.input {
      case .file(let path, let realtime):
        let source = try SoundFileSource(path: path, channel: settings.channel, realtime: realtime)
        return (source, Counters(device: path, state: .listening))
      case .microphone(let device, let waitForDevice):
        let source = try Microphone(device: device, channel: settings.channel, waitForDevice: waitForDevice)
        return (source, Counters(device: device, state: waitForDevice ? .lost : .listening))
      }
    } catch let error as AudioInputError {
      throw error.isDeviceUnavailable ? .noDevice(error.description) : .failed(error.description)
    } catch {
      throw .failed("\(error)")
    }
  }

  static func server(
    _ settings: Settings, _ environment: [String: String], hub: EventHub, responder: EventResponder, logger: Logger
  ) async throws(DaemonFailure) -> EventServer? {
    do {
      let socket: ListeningSocket
      switch settings.socket {
      case .none: return nil
      case .path(let path): socket = try ListeningSocket.make(path: path)
      case .usual:
        if let inherited = try ListeningSocket.inherited(environment: environment) {
          socket = inherited
        } else if let path = SocketLocation.forServer(environment: environment) {
          socket = try ListeningSocket.make(path: path)
        } else {
          logger.warning("no socket: /run/digitd may not be written and XDG_RUNTIME_DIR is not set; see --socket")
          return nil
        }
      }
      raiseDescriptorLimit()
      return try await EventServer.start(on: socket, hub: hub, responder: responder, logger: logger, loop: loops.next())
    } catch {
      throw .failed("\(error)")
    }
  }

  /// One thread serves all clients, for as long as the process lives.
  private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  /// A thousand subscribers are a thousand descriptors, and the usual limit is 1,024.
  private static func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 8192))
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }

  static func format(_ settings: Settings) -> LineSink.Format {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    switch settings.format {
    case .json: return LineSink.json
    case .auto where !isTerminal: return LineSink.json
    case .auto, .text:
      let text = TextFormat(isColoured: isTerminal && getenv("NO_COLOR") == nil)
      return { event in text.line(for: event.envelope.event).map { ByteBuffer(string: $0 + "\n") } }
    }
  }

  /// New at each start.
  static func newSession() -> String {
    let digits = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  static func info(_ model: ModelMetadata) -> Event.Info {
    Event.Info(
      name: "digitd", description: "Spoken digits, zero to nine", version: Version.current,
      models: [
        Event.Info.Model(
          name: model.name, description: "English digits, one at a time", version: model.version, languages: ["en"])
      ])
  }
}

/// A sentence that one thread leaves for another.
final class OutputFailure: Sendable {
  private let text = Mutex<String?>(nil)

  var sentence: String? { text.withLock { $0 } }

  func set(_ sentence: String) { text.withLock { $0 = sentence } }
}

/// Runs the listening loop on a thread of its own until its source ends.
struct ListeningService: Service {
  let loop: ListeningLoop
  let source: any AudioSource

  func run() async throws {
    let loop = loop
    try await withTaskCancellationOrGracefulShutdownHandler {
      do {
        try await Thread.run(named: "listener") { try loop.run() }
      } catch let error as AudioInputError {
        throw DaemonFailure.failed(error.description)
      }
    } onCancelOrGracefulShutdown: {
      source.stop()
    }
  }
}

/// Keeps the feed open until everything else has ended, then lets the last events out.
struct FeedService: Service {
  let server: EventServer?
  let output: LineSink
  /// A file's events are all written, however long the reader takes.
  let isFile: Bool

  func run() async throws {
    try? await gracefulShutdown()
    await server?.shutdown()
    try? await Thread.run(named: "last lines") { output.finish(patience: isFile ? -1 : 500) }
  }
}
