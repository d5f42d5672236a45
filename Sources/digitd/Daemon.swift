import AudioInput
import DigitNetwork
import EventFeed
import Glibc
import Logging
import NIOPosix
import Recognition
import ServiceLifecycle
import UnixSignals

/// The daemon put together: made from its settings, then run to its end.
struct Daemon {
  private let settings: Settings
  private let logger: Logger
  private let notifier: ServiceNotifier
  private let hub = EventHub()
  private let source: any AudioSource
  private let recognizer: Recognizer
  private let counters: Counters
  private let output: LineSink
  /// Why standard output did not take everything, unless its reader simply left (`| head -1`).
  private let outputFailure: OutputFailure
  private let server: EventServer?

  /// Makes everything that can fail: model, source, socket; in the order in which a person mends it.
  init(settings: Settings, sources: SettingsSources, environment: [String: String]) async throws(DaemonFailure) {
    self.settings = settings
    let logger = Self.logger(settings, environment)
    self.logger = logger
    for name in environment.keys.sorted() where name.hasPrefix("DIGITD_") && !Self.knows(variable: name) {
      logger.warning("there is no setting \(name): the variable is ignored")
    }
    notifier = ServiceNotifier(environment: environment)
    let (model, recognizer) = try Self.recognizer(settings, environment)
    self.recognizer = recognizer
    (source, counters) = try Self.source(settings)

    let session = Self.newSession()
    let counters = counters
    let hello = Event.Hello(
      version: Version.current, session: session, model: model.metadata.name, labels: model.metadata.labels,
      device: counters.device, state: counters.state)
    let isFile = if case .file = settings.input { true } else { false }
    let source = source
    let outputFailure = OutputFailure()
    self.outputFailure = outputFailure
    output = LineSink(
      descriptor: STDOUT_FILENO, isLossless: isFile, format: Self.format(settings),
      onReaderLeft: { code in
        let reason = String(cString: strerror(code))
        if code != EPIPE { outputFailure.set("standard output cannot be written: \(reason)") }
        // Nobody reads what a file gives: then nobody needs the rest of it. A microphone's daemon has other subscribers.
        if isFile { source.stop() } else { logger.notice("no more goes to standard output: \(reason)") }
      })
    output.greet(hello)

    let recordings = RecordingRecognizer(model: model)
    let output = output
    let responder = EventResponder(
      hello: {
        var hello = hello
        (hello.device, hello.state) = (counters.device, counters.state)
        return hello
      },
      info: { Self.info(model.metadata) },
      status: {
        var status = counters.status()
        (status.version, status.session, status.model) = (Version.current, session, model.metadata.name)
        status.dropped = output.dropped
        return status
      },
      recognise: { samples, rate in await recordings.recognise(samples: samples, rate: rate) })
    server = try await Self.server(settings, environment, hub: hub, responder: responder, logger: logger)
    hub.add(output)
  }

  /// Runs until the source ends or a signal comes.
  func run() async throws(DaemonFailure) {
    let listening = ListeningService(
      loop: ListeningLoop(
        source: source, recognizer: recognizer, hub: hub, counters: counters, notifier: notifier, logger: logger),
      source: source)
    let feed = FeedService(server: server, output: output, isFile: isFile)
    // Services end in the opposite order: the listener first, so that its last word still goes out.
    var configuration = ServiceGroupConfiguration(
      services: [
        .init(service: feed, failureTerminationBehavior: .gracefullyShutdownGroup),
        .init(
          service: listening, successTerminationBehavior: .gracefullyShutdownGroup,
          failureTerminationBehavior: .gracefullyShutdownGroup),
      ],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: Self.quiet(logger))
    configuration.maximumGracefulShutdownDuration = .seconds(10)
    let place = server.map { "; socket \($0.path)" } ?? ""
    logger.info(
      "digitd \(Version.current) listens to \(counters.device) with the model \(recognizer.metadata.name)\(place)")
    notifier.ready(
      status: counters.state == .listening ? "listening to \(counters.device)" : "waiting for \(counters.device)")
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let failure as DaemonFailure {
      notifier.stopping()
      throw failure
    } catch {
      notifier.stopping()
      throw .failed("\(error)")
    }
    notifier.stopping()
    if isFile, let failure = outputFailure.sentence { throw .failed(failure) }
  }

  private var isFile: Bool { if case .file = settings.input { true } else { false } }
}
