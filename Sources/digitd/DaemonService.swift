import AudioInput
import CMemory
import DaemonSettings
import EventFeed
import Events
import Files
import Glibc
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Wording

/// The running daemon: opens the feed, listens on a thread of its own until the source ends or a signal arrives, sends
/// the last events, and removes the socket.
struct DaemonService: Service {
  let settings: Settings
  let environment: [String: String]
  let logger: Logger
  let notifier: ServiceNotifier
  let hub: EventHub
  let source: any AudioSource
  let loop: ListeningLoop
  let counters: Counters
  let hello: Event.Hello
  /// The words for the digits as a terminal shows them.
  let terminalWords: [String]
  let responder: @Sendable (Event.Hello, LineSink) -> EventResponder

  /// One thread serves all clients for the life of the process.
  private static let loops = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  private var isFile: Bool { if case .microphone = settings.input { false } else { true } }

  /// How standard output ended before the events did.
  private final class OutputEnd: Sendable {
    private struct State {
      var code: Int32?
      var isLast = false
    }

    private let state = Mutex(State())
    let isAskedToStop = Atomic(false)

    /// Why nothing more can be written; set once.
    var code: Int32? { state.withLock { $0.code } }

    /// Nothing more can be written. Returns whether nobody else hears the daemon.
    func end(_ code: Int32) -> Bool {
      state.withLock { state in
        state.code = code
        return state.isLast
      }
    }

    /// Standard output is the only way out. Returns whether it has ended already.
    func becomeLast() -> Bool {
      state.withLock { state in
        state.isLast = true
        return state.code != nil
      }
    }
  }

  func run() async throws {
    let end = OutputEnd()
    let output = makeOutput(end)
    let server = try await makeServer(responder(hello, output))
    // The first line confirms that the daemon and its socket are ready.
    output.greet(hello)
    hub.add(output)
    announce(server)
    if server == nil || isFile, end.becomeLast() { self.source.stop() }
    if server == nil, !isFile { endWithItsReader() }
    if !isFile { cmemory_settle() }

    let source = source
    try await withTaskCancellationOrGracefulShutdownHandler {
      try await listenAndClose(server, output)
    } onCancelOrGracefulShutdown: {
      end.isAskedToStop.store(true, ordering: .relaxed)
      source.stop()
      // A reader of a file's events that has stopped reading must not prevent the daemon from ending.
      output.stopWaiting()
    }
    let isAskedToStop = end.isAskedToStop.load(ordering: .relaxed)
    if server == nil || isFile, !isAskedToStop, let code = end.code, code != EPIPE {
      throw DaemonFailure.failed("standard output cannot be written: \(systemReason(code))")
    }
    logEnd(isAskedToStop: isAskedToStop)
  }

  private func listenAndClose(_ server: EventServer?, _ output: LineSink) async throws {
    let loop = loop
    // All events of a file are written, however slow the reader, unless a signal arrives.
    let patience = isFile ? -1 : LineSink.usualPatience
    do {
      try await Thread.run(named: "listener") { try loop.run() }
    } catch let error as AudioInputError {
      await close(server, output, patience: patience)
      throw DaemonFailure.failed(error.description)
    }
    await close(server, output, patience: patience)
  }

  private func close(_ server: EventServer?, _ output: LineSink, patience: Int32) async {
    notifier.stopping()
    await server?.shutdown()
    try? await Thread.run(named: "last lines") { output.finish(patience: patience) }
  }

  private func announce(_ server: EventServer?) {
    let device = counters.device
    let place = server.map { "; socket \($0.path)" } ?? ""
    logger.info(
      "digitd \(Version.current) \(counters.state.beginning(with: device)) with the model \(hello.model)\(place)",
      metadata: Incident.started.metadata([
        "SESSION": hello.session, "STATE": counters.state.rawValue, "DEVICE": device,
      ]))
    notifier.ready(status: counters.state.sentence(about: device))
  }

  /// The last log line gives the reason of the end and a summary.
  private func logEnd(isAskedToStop: Bool) {
    let status = counters.status()
    let hours = Int(status.uptimeSeconds) / 3600
    let uptime = hours > 0 ? "\(hours) h" : "\(Int(status.uptimeSeconds)) s"
    let reason = isAskedToStop ? "as requested" : isFile ? "at the end of its input" : "as no reader is left"
    logger.info(
      "digitd ends, \(reason); digits: \(status.transcripts), uptime: \(uptime)",
      metadata: Incident.stopped.metadata([
        "SESSION": hello.session, "DIGITS": "\(status.transcripts)", "UPTIME_SECONDS": "\(Int(status.uptimeSeconds))",
      ]))
  }

  // MARK: Parts

  private func makeOutput(_ end: OutputEnd) -> LineSink {
    let (isFile, source, logger) = (isFile, source, logger)
    return LineSink(
      descriptor: STDOUT_FILENO, isLossless: isFile, format: format,
      onReaderLeft: { code in
        if !isFile { logger.notice("standard output is closed: \(systemReason(code))") }
        // Without a reader the rest of a file is not needed. A microphone's daemon may have other subscribers.
        if end.end(code) { source.stop() }
      })
  }

  /// Without a socket, standard output has the only reader. This notices its end even while there is nothing to write.
  private func endWithItsReader() {
    let (source, logger) = (source, logger)
    Task {
      let isGone = try? await Thread.run(named: "reader") {
        var descriptor = pollfd(fd: STDOUT_FILENO, events: 0, revents: 0)
        while poll(&descriptor, 1, -1) < 0, errno == EINTR {}
        return descriptor.revents & Int16(POLLERR) != 0
      }
      guard isGone == true else { return }
      logger.notice("no reader is left: there is no socket, and standard output is closed")
      source.stop()
    }
  }

  private var format: LineSink.Format {
    let isTerminal = isatty(STDOUT_FILENO) == 1
    switch settings.format {
    case .json: return LineSink.json
    case .auto where !isTerminal: return LineSink.json
    case .auto, .text:
      let text = TextFormat(isColoured: isTerminal && environment["NO_COLOR"] == nil, words: terminalWords)
      return { event in text.line(for: event.envelope.event).map { ByteBuffer(string: $0 + "\n") } }
    }
  }

  private func makeServer(_ responder: EventResponder) async throws -> EventServer? {
    do {
      let socket: ListeningSocket
      var more: [ListeningSocket] = []
      switch settings.socket {
      case .none: return nil
      case .path(let path): socket = try await ListeningSocket.makeAside(path: path)
      case .usual:
        let inherited = try ListeningSocket.inherited(environment: environment)
        if let first = inherited.first {
          socket = first
          more = Array(inherited.dropFirst())
        } else if let path = SocketLocation.forServer(environment: environment) {
          socket = try await ListeningSocket.makeAside(path: path)
        } else {
          logger.warning("no socket: /run/digitd may not be written and XDG_RUNTIME_DIR is not set; see --socket")
          return nil
        }
      }
      var configuration = EventServer.Configuration()
      configuration.allowsPauseOverTCP = settings.allowsTCPPause
      let descriptors = Self.raiseDescriptorLimit() - Self.descriptorsOfItsOwn
      configuration.maximumConnections = max(1, min(configuration.maximumConnections, descriptors))
      return try await EventServer.start(
        on: socket, and: more, hub: hub, responder: responder, configuration: configuration, logger: logger,
        loop: Self.loops.next())
    } catch {
      throw DaemonFailure.failed("\(error)")
    }
  }

  /// The descriptors needed besides connections: standard streams, event loops, a device and its configuration,
  /// recordings. Without a free descriptor, accepting would be retried without end.
  private static let descriptorsOfItsOwn = 40

  /// A thousand subscribers need a thousand descriptors, and the usual limit is 1,024. Returns the new limit.
  private static func raiseDescriptorLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
    var raised = limit
    raised.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 8192))
    if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
    return Int(clamping: limit.rlim_cur)
  }
}
