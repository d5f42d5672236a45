import AudioInput
import DaemonSettings
import DigitNetwork
import EventFeed
import Events
import Files
import Glibc
import Logging
import Recognition
import ServiceLifecycle
import UnixSignals

/// The daemon, assembled from its settings: input, recognition, output.
struct Daemon {
  private let settings: Settings
  private let sources: SettingsSources
  private let environment: [String: String]
  private let logLevel: LogLevel
  private let logger: Logger
  private let notifier: ServiceNotifier
  private let modelPath: String
  private let metadata: SequenceModel.Metadata
  private let source: any AudioSource
  private let counters: Counters
  private let pauseSwitch: PauseSwitch
  private let hub = EventHub()
  private let loop: ListeningLoop

  /// Makes the input side. Errors of the model or the device are reported before there is a socket.
  init(settings: Settings, sources: SettingsSources, environment: [String: String]) throws(DaemonFailure) {
    self.settings = settings
    self.sources = sources
    self.environment = environment
    logLevel = LogLevel(settings.logLevel)
    logger = DaemonLogHandler.logger(level: logLevel, environment: environment)
    notifier = ServiceNotifier(environment: environment)
    for name in environment.keys.sorted() where name.hasPrefix("DIGITD_") && !Settings.knows(variable: name) {
      logger.warning("there is no setting \(name); the variable is ignored")
    }
    let model: SequenceModel
    (modelPath, model) = try Self.model(settings, environment)
    metadata = model.metadata
    let record = PauseRecord(socket: settings.socket, environment: environment)
    let wasPaused = record?.isPaused == true
    (source, counters) = try Self.source(settings, isPaused: settings.startPaused || wasPaused)
    pauseSwitch = PauseSwitch(source: source, record: record, logger: logger)
    if let record, wasPaused, !settings.startPaused, counters.state == .paused {
      logger.notice("listening is still paused, as before the restart: see \(record.path)")
    }
    var folder: UtteranceFolder?
    if let path = settings.keepUtterances {
      folder = try UtteranceFolder(path: path, logger: logger)
      logger.notice("digitd keeps the latest \(UtteranceFolder.usualLimit) utterances in \(path)")
    }
    do {
      loop = try ListeningLoop(
        source: source, model: model, numberPause: settings.numberPause, hub: hub, counters: counters,
        notifier: notifier, logger: logger, folder: folder)
    } catch {
      throw DaemonFailure.failed("the model \(modelPath) cannot be used: \(error)")
    }
  }

  /// Runs until the source ends or a signal arrives.
  func run() async throws(DaemonFailure) {
    let service = DaemonService(
      settings: settings, environment: environment, logger: logger, notifier: notifier, hub: hub, source: source,
      loop: loop, counters: counters, hello: hello, terminalWords: metadata.latinWords, responder: responder)
    var services: [ServiceGroupConfiguration.ServiceConfiguration] = []
    // At a terminal SIGHUP means that the terminal has closed; it then ends the daemon, as it ends other programs.
    if isatty(STDIN_FILENO) == 0 {
      let reload = await ReloadService(
        sources: sources, settings: settings, logLevel: logLevel, logger: logger, notifier: notifier)
      services.append(.init(service: reload))
    }
    // The last one is shut down first, and must not end by itself while another is shut down.
    services.append(.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup))
    var configuration = ServiceGroupConfiguration(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: lifecycleLogger)
    configuration.maximumGracefulShutdownDuration = .seconds(10)
    defer { pauseSwitch.finish() }
    do {
      try await ServiceGroup(configuration: configuration).run()
    } catch let failure as DaemonFailure {
      throw failure
    } catch let error as ServiceGroupError {
      // Its description prints the services with all their contents.
      throw .failed("\(error.errorCode)")
    } catch {
      throw .failed("\(error)")
    }
  }

  /// The life cycle's own messages print its services with all their contents, including the environment, so they are
  /// discarded at every level. Its errors are thrown.
  private var lifecycleLogger: Logger { Logger(label: "life cycle") { _ in SwiftLogNoOpLogHandler() } }

  private var hello: Event.Hello {
    Event.Hello(
      version: Version.current, session: Self.newSession(), model: metadata.name, language: metadata.language,
      labels: (0...9).map(String.init) + ["other"], device: counters.device, state: counters.state)
  }

  /// Different at each start.
  private static func newSession() -> String { zeroPadded(UInt64.random(in: .min ... .max), 16, radix: 16) }

  private func responder(_ hello: Event.Hello, _ output: LineSink) -> EventResponder {
    let (counters, metadata, pauseSwitch) = (counters, metadata, pauseSwitch)
    let recordingModel = RecordingModel(path: modelPath, metadata: metadata)
    return EventResponder(
      hello: {
        var hello = hello
        (hello.device, hello.state, hello.conditions) = (counters.device, counters.state, counters.conditions)
        return hello
      },
      info: { Self.info(metadata) },
      status: {
        var status = counters.status()
        (status.version, status.session) = (Version.current, hello.session)
        (status.model, status.language) = (hello.model, hello.language)
        status.dropped = output.dropped
        return status
      },
      recogniser: { rate in RecordingRecogniser(model: recordingModel, rate: rate) },
      pause: { pauseSwitch.set($0) })
  }

  private static func info(_ model: SequenceModel.Metadata) -> Event.Info {
    Event.Info(
      name: "digitd", description: "Spoken digits, zero to nine", version: Version.current,
      models: [
        Event.Info.Model(
          name: model.name, description: "Spoken digits, in a row or one at a time", version: model.version,
          languages: [model.language])
      ])
  }

  // MARK: Parts that can fail

  private static func model(
    _ settings: Settings, _ environment: [String: String]
  ) throws(DaemonFailure) -> (path: String, SequenceModel) {
    do {
      let path = try ModelLocator(environment: environment).path(given: settings.model)
      return (path, try SequenceModel(contentsOf: path))
    } catch {
      throw .failed("\(error)")
    }
  }

  private static func source(
    _ settings: Settings, isPaused: Bool
  ) throws(DaemonFailure) -> (any AudioSource, Counters) {
    do {
      switch settings.input {
      case .file(let path, let realtime):
        let source = try SoundFileSource(path: path, channel: settings.channel, realtime: realtime)
        return (source, Counters(device: FileName.shown(path), state: .listening))
      case .pipe(let path, let layout):
        let source = try PipeSource(path: path, layout: layout, channel: settings.channel)
        return (source, Counters(device: path == "-" ? "standard input" : FileName.shown(path), state: .listening))
      case .microphone(let device, let waitForDevice):
        let source = try Microphone(
          device: device, channel: settings.channel, waitForDevice: waitForDevice, isPaused: isPaused)
        let state: Event.Device.State = isPaused ? .paused : waitForDevice ? .lost : .listening
        return (source, Counters(device: device, state: state))
      }
    } catch let error as AudioInputError {
      throw error.isDeviceUnavailable ? .noDevice(error.description) : .failed(error.description)
    } catch {
      throw .failed("\(error)")
    }
  }
}
