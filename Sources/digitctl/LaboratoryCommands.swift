import ArgumentParser
import CommandSupport

/// A command that `digitlab` carries out. `Digitctl` passes it on before anything is parsed, so that `--help` is passed
/// on too; these types are for the list of commands.
protocol LaboratoryForward: ParsableCommand {
  static var command: LaboratoryCommand { get }
  var arguments: [String] { get }
}

extension LaboratoryForward {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: command.rawValue, abstract: command.abstract,
      discussion: "Done by digitlab (Debian package digitd-lab), which gets all arguments: see digitlab(1).")
  }

  func run() { Laboratory.take(over: Self.command, [Self.command.rawValue] + arguments) }
}

struct Train: LaboratoryForward {
  static let command = LaboratoryCommand.train
  @Argument(parsing: .captureForPassthrough, completion: .file()) var arguments: [String] = []
}

struct Evaluate: LaboratoryForward {
  static let command = LaboratoryCommand.evaluate
  @Argument(parsing: .captureForPassthrough, completion: .file()) var arguments: [String] = []
}

struct Benchmark: LaboratoryForward {
  static let command = LaboratoryCommand.benchmark
  @Argument(parsing: .captureForPassthrough, completion: .file()) var arguments: [String] = []
}

struct Export: LaboratoryForward {
  static let command = LaboratoryCommand.export
  @Argument(parsing: .captureForPassthrough, completion: .file()) var arguments: [String] = []
}
