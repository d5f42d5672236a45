import ArgumentParser
import CommandSupport
import Events

/// The command-line tool.
@main
struct Digitctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digitctl",
    abstract: "Watch and control digitd, and recognise digits in recordings.",
    discussion: """
      Exit codes: 0 done, 1 the work failed or a check found a problem, 64 wrong usage, 69 no such device.
      """,
    version: Version.current,
    subcommands: [
      WatchCommand.self,
      Subscribe.self,
      Status.self,
      Pause.self,
      Resume.self,
      Toggle.self,
      Devices.self,
      ModelCommand.self,
      Calibrate.self,
      Serve.self,
      MQTT.self,
      Doctor.self,
      Classify.self,
      Record.self,
      Train.self,
      Evaluate.self,
      Benchmark.self,
      Export.self,
    ])

  static func main() async {
    let arguments = Program.begin()
    if let command = Laboratory.command(in: arguments) { Laboratory.take(over: command, arguments) }
    await main(arguments)
  }
}
