/// Errors of the training engine.
package enum TrainingEngineError: Error, Equatable, CustomStringConvertible {
  /// The network cannot be built.
  case architecture(String)
  /// A tensor is missing, unknown, or has another shape than the network's.
  case tensor(name: String, problem: String)
  /// A checkpoint cannot be read or written, or does not match.
  case checkpoint(path: String, problem: String)

  package var description: String {
    switch self {
    case .architecture(let problem): "the network cannot be trained: \(problem)"
    case .tensor(let name, let problem): "tensor \(name): \(problem)"
    case .checkpoint(let path, let problem): "checkpoint \(path): \(problem)"
    }
  }
}
