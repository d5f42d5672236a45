import ArgumentParser
import CommandSupport
import DaemonSettings
import DigitNetwork
import Files
import FoundationEssentials
import Recognition
import Wording

struct ModelUse: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "use", abstract: "Choose the daemon's model; it is used after a restart.",
    discussion: """
      Loads the model to check it, then writes it into the daemon's configuration. "usual" is the installed model, \
      "previous" the one installed before it.
      """)

  @Argument(
    help: ArgumentHelp("A model's file or name, \"usual\" or \"previous\".", valueName: "model"), completion: .file())
  var model: String

  @OptionGroup var configuration: ConfigurationOption

  func run() async throws {
    let file = configuration.config ?? ConfigurationFile.usual
    // A file that the daemon would reject is left unchanged.
    let current = try ModelSetting.read(file)
    let locator = ModelLocator(environment: current.map { [ModelLocator.variable: $0] } ?? [:])
    // The daemon does not run where this does.
    let setting: String? =
      switch model {
      case "usual": nil
      case ModelLocator.previous: locator.previousSetting
      default:
        ModelLocator.isName(model) || model.hasPrefix("/")
          ? model : "\(FileManager.default.currentDirectoryPath)/\(model)"
      }
    let path = try ModelLocator(environment: [:]).path(given: setting)
    guard !path.contains(where: { $0.isNewline || $0 == "\"" }) else {
      throw CleanError("\(FileName.shown(path)): a configuration file cannot hold such a name")
    }
    _ = try SequenceModel(contentsOf: path)
    let text =
      FileStatus(file) == nil
      ? "" : FileName.text(try WholeFile.read(file, largest: ConfigurationFile.maximumBytes)[...])
    try WholeFile.write(
      Array(FileName.bytes(ConfigurationFile.text(text, setting: .model, to: setting))), to: file)
    try StandardOutput.write(
      line: "\(FileName.shown(path)): the daemon uses it after a restart (systemctl restart digitd)")
  }
}
