package import DigitNetwork

extension SequenceModel {
  /// A model between this one and another that was trained on from it: often better than either, for each errs in its own
  /// way and both lie in one valley (M. Wortsman and others, "Model soups", 2022). Words, verdict and record are the
  /// other's; the verdict is to be fitted anew.
  ///
  /// - Parameter share: how far from this one (0) to the other (1).
  /// - Throws: `ModelError` if the two are of different shapes or have different words.
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
  /// These weights by name, so much of the way to others; those of another size stay as they are.
  func mixed(with others: [String: Tensor], share: Float) -> [String: Tensor] {
    reduce(into: [:]) { result, entry in
      let (name, from) = entry
      guard let to = others[name], to.values.count == from.values.count else { return result[name] = from }
      result[name] = Tensor(
        shape: from.shape, values: zip(from.values, to.values).map { $0 + share * ($1 - $0) })
    }
  }
}
