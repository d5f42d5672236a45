extension DigitModel {
  /// The tensors of an ensemble from those of its members, each a network of its own: the mean of their logits.
  ///
  /// - Parameter members: by the names and shapes of one architecture; at least one.
  public static func joined(_ members: [[String: Tensor]]) -> [String: Tensor] {
    guard let first = members.first, members.count > 1 else { return members.first ?? [:] }
    return first.reduce(into: [:]) { result, entry in
      let (name, tensor) = entry
      let parts = members.map { $0[name]?.values ?? [] }
      switch name {
      case "fc.weight":
        // [classes, headInputs] each: the rows of a class follow one another.
        let (classes, inputs) = (tensor.shape[0], tensor.shape[1])
        let values = (0..<classes).flatMap { c in
          parts.flatMap { $0[c * inputs..<(c + 1) * inputs].map { $0 / Float(members.count) } }
        }
        result[name] = Tensor(shape: [classes, members.count * inputs], values: values)
      case "fc.bias":
        let values = tensor.values.indices.map { c in parts.reduce(0) { $0 + $1[c] } / Float(members.count) }
        result[name] = Tensor(shape: tensor.shape, values: values)
      default:
        result[name] = Tensor(
          shape: [members.count * tensor.shape[0]] + tensor.shape.dropFirst(), values: parts.flatMap { $0 })
      }
    }
  }

  /// The networks that stand side by side in this one, each a model by itself: itself, where it is one network. All
  /// have the mean of the biases; joined again they give the same logits.
  public var members: [DigitModel] {
    get throws(ModelError) {
      let count = metadata.architecture.members
      guard count > 1 else { return [self] }
      var metadata = metadata
      metadata.architecture.members = 1
      var models: [DigitModel] = []
      for member in 0..<count {
        var own: [String: Tensor] = [:]
        for (name, tensor) in tensors { own[name] = Self.part(member, of: count, name: name, tensor) }
        models.append(try DigitModel(metadata: metadata, tensors: own))
      }
      return models
    }
  }

  private static func part(_ member: Int, of count: Int, name: String, _ tensor: Tensor) -> Tensor {
    switch name {
    case "fc.weight":
      let (classes, inputs) = (tensor.shape[0], tensor.shape[1] / count)
      let values = (0..<classes).flatMap { c in
        let start = (c * count + member) * inputs
        return tensor.values[start..<start + inputs].map { $0 * Float(count) }
      }
      return Tensor(shape: [classes, inputs], values: values)
    case "fc.bias": return tensor
    default:
      let length = tensor.values.count / count
      return Tensor(
        shape: [tensor.shape[0] / count] + tensor.shape.dropFirst(),
        values: Array(tensor.values[member * length..<(member + 1) * length]))
    }
  }
}
