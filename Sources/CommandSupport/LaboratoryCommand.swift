/// The commands of `digitlab` that `digitctl` passes on to it.
package enum LaboratoryCommand: String, CaseIterable, Sendable {
  case train, evaluate, benchmark, export

  /// A line about it for `--help`.
  package var abstract: String {
    switch self {
    case .train: "Train a model on recordings."
    case .evaluate: "Evaluate a model on recordings that it was not trained on."
    case .benchmark: "Measure each stage of the listener, and of training, on this machine."
    case .export: "Write the network for other runtimes."
    }
  }
}
