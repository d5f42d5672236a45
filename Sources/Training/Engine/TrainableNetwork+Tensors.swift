extension TrainableNetwork {
  /// A tensor as it is known outside: row-major, PyTorch's shape.
  public typealias Values = (shape: [Int], values: [Float])

  /// Parameters and running statistics, by PyTorch's names.
  public func tensors() -> [String: Values] {
    var result = named(layout.parameters, in: parameterBuffer)
    result.merge(named(layout.statistics, in: statisticBuffer)) { first, _ in first }
    return result
  }

  /// The gradients that the last `forwardBackward` left, by the parameters' names.
  public func gradientTensors() -> [String: Values] {
    named(layout.parameters, in: gradientBuffer)
  }

  /// Takes over parameters and running statistics.
  ///
  /// - Throws: `TrainingEngineError.tensor` if one is missing, of another shape, or unknown; the network is then
  ///   unchanged.
  public func load(_ tensors: [String: Values]) throws(TrainingEngineError) {
    let entries = layout.parameters + layout.statistics
    for entry in entries {
      guard let tensor = tensors[entry.name] else { throw .tensor(name: entry.name, problem: "is missing") }
      guard tensor.shape == entry.shape, tensor.values.count == entry.range.count else {
        throw .tensor(name: entry.name, problem: "has shape \(tensor.shape), not \(entry.shape)")
      }
    }
    let known = Set(entries.map(\.name))
    if let stranger = tensors.keys.filter({ !known.contains($0) }).min() {
      throw .tensor(name: stranger, problem: "is not part of this network")
    }
    for entry in layout.parameters { entry.store(tensors[entry.name]?.values ?? [], in: parameterBuffer.base) }
    for entry in layout.statistics { entry.store(tensors[entry.name]?.values ?? [], in: statisticBuffer.base) }
  }

  private func named(_ entries: [ParameterLayout.Entry], in buffer: FloatBuffer) -> [String: Values] {
    Dictionary(uniqueKeysWithValues: entries.map { ($0.name, ($0.shape, $0.values(in: buffer.base))) })
  }
}
