import ArgumentParser
import DigitNetwork
import Recognition

/// Which model to use.
struct ModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model file, or \"previous\" for the one before the last installation (default: DIGITD_MODEL, else Models/ beside "
        + "the source tree, else <prefix>/share/digitd/).",
      valueName: "file"), completion: .file())
  var model: String?

  func load() throws -> DigitModel {
    try DigitModel(contentsOf: try ModelLocator.locate(model))
  }
}
