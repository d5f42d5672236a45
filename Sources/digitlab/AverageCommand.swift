import ArgumentParser
import DigitNetwork
import Files
import Recognition
import Training

struct Average: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take the mean of two models' weights.",
    discussion: """
      The mean of a model and one trained on from it is often better than both. The words, the verdict and the record are \
      the second model's; fit the verdict again with digitlab fit.
      """)

  @Argument(help: "The first model's file or name.", completion: .file())
  var first: String

  @Argument(help: "The second model's file or name.", completion: .file())
  var second: String

  @Option(help: "How far from the first (0) to the second (1).")
  var share: Float = 0.5

  @Option(help: ArgumentHelp("The model file to write.", valueName: "file"), completion: .file())
  var output: String

  func validate() throws {
    guard (0...1).contains(share) else { throw ValidationError("--share must be 0 to 1") }
  }

  func run() throws {
    try WholeFile.tryOut(output)
    let models = try [first, second].map { try SequenceModel(contentsOf: try ModelLocator.locate($0)) }
    try models[0].between(models[1], share: share).write(to: output)
  }
}
