package import ArgumentParser
package import DigitNetwork
import Recognition

/// Which model to use.
package struct ModelOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The model's file or name, or \"previous\" for the one before the last installation "
        + "(default: DIGITD_MODEL, else digits). A name is looked for in Models/ of the source "
        + "tree that the program is in, then in <prefix>/share/digitd/.", valueName: "model"), completion: .file())
  package var model: String?

  package init() {}

  package func load() throws -> SequenceModel {
    try SequenceModel(contentsOf: try ModelLocator.locate(model))
  }
}
