import ArgumentParser
import CommandSupport
import Events

/// Trains and evaluates the networks. It is a program of its own, because most users do not need it.
@main
struct Digitlab: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "digitlab",
    abstract: "The laboratory of digitd: trains the networks and measures them.",
    discussion: """
      Exit codes: 0 done, 1 the work failed, 64 wrong usage.
      """,
    version: Version.current,
    subcommands: [
      Train.self,
      Evaluate.self,
      Benchmark.self,
      Export.self,
      Fit.self,
      Average.self,
    ])

  static func main() { main(Program.begin()) }
}
