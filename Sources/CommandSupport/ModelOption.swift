import ArgumentParser
import DigitNetwork
import Recognition

/// Which model to use.
package struct ModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model file (default: DIGITD_MODEL, else Models/ beside the source tree, else <prefix>/share/digitd/).",
      valueName: "file"), completion: .file())
  package var model: String?

  package init() {}

  package func load() throws -> DigitModel {
    try DigitModel(contentsOf: try ModelLocator.locate(model))
  }
}
