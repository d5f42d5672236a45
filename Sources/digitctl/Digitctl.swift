import ArgumentParser
import EventFeed
import Files
import Glibc

/// Everything a person types.
@main
struct Digitctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digitctl",
    abstract: "Watch, ask, teach and measure the digit listener.",
    discussion: """
      Exit codes: 0 done, 1 the work failed or what was looked at is not in order, 64 wrong usage, 69 no such device.
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
    // Else the first socket or file takes the place of a standard output that was closed, and gets what is written there.
    StandardDescriptors.reserve()
    guard let arguments = Arguments.current() else {
      complain("the arguments cannot be read: neither the loader nor /proc gives them")
      Glibc.exit(EXIT_FAILURE)
    }
    // Who reads a pipe may go away: that is told by the write.
    signal(SIGPIPE, SIG_IGN)
    await main(arguments)
  }
}
