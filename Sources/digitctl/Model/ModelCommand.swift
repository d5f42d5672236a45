import ArgumentParser

struct ModelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Show which models there are, or choose the daemon's.",
    discussion: "Installing a new model keeps the old one as \"previous\".",
    subcommands: [ModelList.self, ModelUse.self])
}

/// Where the daemon's settings are.
struct ConfigurationOption: ParsableArguments {
  @Option(
    help: ArgumentHelp("The daemon's configuration file (default: /etc/default/digitd).", valueName: "file"),
    completion: .file())
  var config: String?
}
