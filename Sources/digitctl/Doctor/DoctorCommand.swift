import ArgumentParser
import CommandSupport
import DaemonSettings

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check the installation, and say how to fix what is wrong.",
    discussion:
      "Checks the model and what it computes here, the microphones and their sound, the groups, the socket and the "
      + "service. The exit code is 1 if a check fails."
  )

  @Flag(help: "One JSON object a line.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "The microphone to check (default: the daemon's: DIGITD_DEVICE, else its configuration, else default).",
      valueName: "pcm"))
  var device: String?

  @Option(
    help: ArgumentHelp("The daemon's configuration (default: \(ConfigurationFile.usual)).", valueName: "file"),
    completion: .file())
  var config: String?

  /// For whoever releases a model: see Tests/Fixtures/make-recordings.sh.
  @Option(
    help: ArgumentHelp(
      "Write the network's scores for the sample, as later checks shall compare with.", valueName: "file",
      visibility: .hidden))
  var writeScores: String?

  @OptionGroup var model: ModelOption
  @OptionGroup var socket: SocketOption

  func run() async throws {
    if let writeScores { return try writeGoldenScores(to: writeScores) }
    var report = DoctorReport()
    report.checks += modelChecks()
    let daemon = await daemonChecks()
    report.checks += deviceChecks(daemon: daemon.status)
    report.checks += daemon.checks
    report.checks += serviceChecks(daemonAnswers: daemon.answers)
    try StandardOutput.untilClosed {
      try StandardOutput.write(line: json ? report.json : report.text)
    }
    if report.failures > 0 { throw ExitCode.failure }
  }
}
