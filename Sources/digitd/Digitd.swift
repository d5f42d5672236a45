import ArgumentParser
import CMemory
import DaemonSettings
import Dispatch
import EventFeed
import Events
import Files
import Glibc
import Recognition

/// The entry point: runs before the runtime opens any descriptor.
@main
enum Main {
  static func main() {
    cmemory_prepare()
    StandardDescriptors.reserve()
    // A reload before the handler is installed is ignored. Otherwise the signal would end the process, which systemd
    // takes for a clean exit and does not restart. At a terminal SIGHUP means that the terminal has closed.
    if isatty(STDIN_FILENO) == 0 { signal(SIGHUP, SIG_IGN) }
    guard let arguments = Arguments.current() else {
      StandardError.write(line: "digitd: the arguments cannot be read: neither the loader nor /proc gives them")
      exit(EXIT_FAILURE)
    }
    Task {
      await Digitd.main(arguments)
      exit(0)
    }
    dispatchMain()
  }
}

/// The daemon's command line.
struct Digitd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digitd",
    abstract: "Listens to a microphone and says which digits are spoken, on standard output and on a Unix socket.",
    discussion: """
      Each option may also be set in the environment and, but for --config, in the configuration file, as DIGITD_ and its \
      name in capitals (DIGITD_DEVICE=hw:CARD=USB, DIGITD_LOG_LEVEL=debug). Flags override the environment, which overrides the file.

      Exit codes: 0 done, 1 the work failed, 64 wrong usage, 69 no such device at the start.
      """,
    version: Version.current)

  @Option(help: ArgumentHelp("The ALSA device to capture from (default: default).", valueName: "pcm"))
  var device: String?

  @Option(help: ArgumentHelp("Which channel to take, from 1 (default: the mean).", valueName: "number"))
  var channel: Int?

  @Option(
    help: ArgumentHelp(
      "A sound file in place of the microphone, a FIFO, or - for standard input.", valueName: "file"),
    completion: .file())
  var input: String?

  @Option(
    help: ArgumentHelp(
      "The input is raw samples, as arecord -t raw writes them: their rate in Hz, their format (S16_LE, S24_3LE, S32_LE, "
        + "FLOAT_LE or S24_LE) and the number of channels, as in 16000,S16_LE,1.", valueName: "rate,format,channels"))
  var raw: String?

  @Flag(help: "Read the file in real time.")
  var realtime = false

  @Option(
    help: ArgumentHelp(
      "The Unix socket (default: the one systemd passes, else \(SocketLocation.system), else "
        + "$XDG_RUNTIME_DIR/digitd.sock; none with --input).", valueName: "path"), completion: .file())
  var socket: String?

  @Flag(name: .customLong("no-socket"), help: "Serve no socket.")
  var noSocket = false

  @Option(
    help: ArgumentHelp(
      "The model's file or name, or \"previous\" for the one before the last installation (default: digits). A name is "
        + "looked for in Models/ of the source tree that the program is in, then in <prefix>/share/digitd/.",
      valueName: "model"),
    completion: .file())
  var model: String?

  @Option(
    help: ArgumentHelp(
      "The configuration file (default: DIGITD_CONFIG, else \(ConfigurationFile.usual)).", valueName: "file"),
    completion: .file()
  )
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Standard output: json, text, or auto for text on a terminal and json otherwise.", valueName: "auto|json|text"))
  var format: String?

  @Option(
    name: .customLong("log-level"),
    help: ArgumentHelp("trace, debug, info, notice, warning, error or critical (default: info).", valueName: "level"))
  var logLevel: String?

  @Flag(name: .customLong("wait-for-device"), help: "Wait for a device that is missing at the start.")
  var waitForDevice = false

  @Flag(
    name: .customLong("start-paused"),
    help: "Keep the microphone closed until a client sends resume.")
  var startPaused = false

  @Flag(
    name: .customLong("allow-tcp-pause"),
    help: "Let clients over TCP pause and resume, too.")
  var allowTCPPause = false

  @Option(
    name: .customLong("keep-utterances"),
    help: ArgumentHelp(
      "Keep the latest \(UtteranceFolder.usualLimit) utterances in this folder, for debugging and training: the sound "
        + "(WAV) and the decision (JSON), readable by the owner only. Without it no sound is stored.",
      valueName: "folder"))
  var keepUtterances: String?

  @Option(
    name: .customLong("number-pause"),
    help: ArgumentHelp(
      "Seconds without a digit that end a number (default: \(SoundStream.Settings().numberPause)).",
      valueName: "seconds"))
  var numberPause: String?

  init() {}

  /// The settings given on the command line.
  private var flags: [SettingKey: String] {
    var flags: [SettingKey: String] = [:]
    flags[.device] = device
    flags[.channel] = channel.map(String.init)
    flags[.input] = input
    flags[.raw] = raw
    flags[.realtime] = realtime ? "true" : nil
    flags[.socket] = socket
    flags[.noSocket] = noSocket ? "true" : nil
    flags[.model] = model
    flags[.format] = format
    flags[.logLevel] = logLevel
    flags[.waitForDevice] = waitForDevice ? "true" : nil
    flags[.allowTCPPause] = allowTCPPause ? "true" : nil
    flags[.startPaused] = startPaused ? "true" : nil
    flags[.keepUtterances] = keepUtterances
    flags[.numberPause] = numberPause
    return flags
  }

  mutating func validate() throws {
    if input != nil, device != nil { throw ValidationError("--input and --device exclude each other.") }
    if noSocket, socket != nil { throw ValidationError("--socket and --no-socket exclude each other.") }
  }

  func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let environment = Environment.current
    let sources = SettingsSources(flags: flags, environment: environment, file: config)
    do throws(DaemonFailure) {
      let settings = try sources.resolve()
      let daemon = try Daemon(settings: settings, sources: sources, environment: environment)
      try await daemon.run()
    } catch {
      if let journal = Journal(environment: environment) {
        journal.write(error.sentence, priority: 3, fields: Journal.fields(Incident.failed.metadata()), patience: 1000)
      } else {
        StandardError.write(line: "digitd: \(error.sentence)", patience: 1000)
      }
      throw ExitCode(error.exitCode)
    }
  }
}
