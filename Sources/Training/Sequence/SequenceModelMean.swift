package import DigitNetwork

extension SequenceModel {
  /// A model between this one and another that was trained on from it. It is often better than either, because the two
  /// make different errors but lie in the same basin of the loss (M. Wortsman and others, "Model soups", 2022). Words,
  /// verdict and training record are the other's; the verdict should be fitted again.
  ///
  /// - Parameter share: the position from this model (0) to the other (1).
  /// - Throws: `ModelError` if the two have different shapes or words.
  package func between(_ other: SequenceModel, share: Float) throws -> SequenceModel {
    guard metadata.architecture == other.metadata.architecture, metadata.labels == other.metadata.labels else {
      throw ModelError(field: other.metadata.name, problem: "has another shape or other words than \(metadata.name)")
    }
    var metadata = other.metadata
    metadata.training.notes +=
      (metadata.training.notes.isEmpty ? "" : "; ") + "\(share) of the way there from the model it was begun with"
    return try SequenceModel(metadata: metadata, tensors: tensors.mixed(with: other.tensors, share: share))
  }
}

extension [String: Tensor] {
  /// These weights moved towards others by `share`; tensors of another size stay unchanged.
  func mixed(with others: [String: Tensor], share: Float) -> [String: Tensor] {
    reduce(into: [:]) { result, entry in
      let (name, from) = entry
      guard let to = others[name], to.values.count == from.values.count else { return result[name] = from }
      result[name] = Tensor(
        shape: from.shape, values: zip(from.values, to.values).map { $0 + share * ($1 - $0) })
    }
  }
}
