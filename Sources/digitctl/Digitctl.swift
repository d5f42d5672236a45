import ArgumentParser
import EventFeed

/// Everything a person types.
@main
struct Digitctl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digitctl",
    abstract: "Watch, ask, teach and measure the digit listener.",
    version: Version.current,
    subcommands: [
      WatchCommand.self,
      Subscribe.self,
      Status.self,
      Devices.self,
      Calibrate.self,
      Serve.self,
      Doctor.self,
      Classify.self,
      Record.self,
      Train.self,
      Evaluate.self,
      Benchmark.self,
      Export.self,
    ])
}
