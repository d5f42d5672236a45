import ArgumentParser
import DaemonSettings

struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "List the models, or choose the daemon's.",
    discussion: "Installing a new model keeps the old one as \"previous\".",
    subcommands: [ModelList.self, ModelUse.self])
}

/// The option for the daemon's configuration file.
struct ConfigurationOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The daemon's configuration file (default: \(ConfigurationFile.usual)).", valueName: "file"),
    completion: .file())
  var config: String?
}
