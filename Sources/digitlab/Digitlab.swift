import ArgumentParser

@main
struct Digitlab: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The laboratory of digitd: trains the networks and measures them.",
    subcommands: [TrainSequence.self, FitVerdict.self])
}
