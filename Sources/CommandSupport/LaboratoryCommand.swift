/// The commands of `digitlab` that `digitctl` passes on to it.
package enum LaboratoryCommand: String, CaseIterable, Sendable {
  case train, evaluate, benchmark, export

  /// A line about it for `--help`.
  package var abstract: String {
    switch self {
    case .train: "Learn the digits from recordings and write a model."
    case .evaluate: "Score a model on recordings it did not learn from."
    case .benchmark: "Measure each stage of the listener, and of training, on this machine."
    case .export: "Write the network for other runtimes."
    }
  }
}
