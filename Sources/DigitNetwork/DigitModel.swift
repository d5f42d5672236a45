import Files

/// A network's weights with everything needed to use them. Its names, shapes and values are checked when it is made, so
/// that whatever takes a `DigitModel` can rely on them.
public struct DigitModel: Sendable, Equatable {
  public let metadata: ModelMetadata
  /// By PyTorch's names and layouts; see `NetworkArchitecture.tensorShapes`.
  public let tensors: [String: Tensor]
  /// The network that reads running speech; nil in the file of a network that hears single words alone.
  package var sequence: SequenceModel?

  /// - Throws: `ModelError` when `metadata` is inconsistent, or a tensor is missing, unknown, of another shape than
  ///   the architecture asks for, not finite, or a negative variance.
  public init(metadata: ModelMetadata, tensors: [String: Tensor]) throws(ModelError) {
    try metadata.validate()
    let shapes = metadata.architecture.tensorShapes
    for (name, shape) in shapes.sorted(by: { $0.key < $1.key }) {
      guard let tensor = tensors[name] else { throw ModelError(field: "tensor '\(name)'", problem: "is missing") }
      guard tensor.shape == shape else {
        throw ModelError(
          field: "tensor '\(name)'", problem: "has shape \(tensor.shape), but the architecture asks for \(shape)")
      }
      if let bad = tensor.values.firstNotFinite {
        throw ModelError(field: "tensor '\(name)'", problem: "has \(tensor.values[bad]) at index \(bad)")
      }
      if name.hasSuffix(".running_var"), let bad = tensor.values.firstIndex(where: { $0 < 0 }) {
        throw ModelError(field: "tensor '\(name)'", problem: "has a negative variance at index \(bad)")
      }
    }
    if let unknown = tensors.keys.filter({ shapes[$0] == nil }).min() {
      throw ModelError(field: "tensor \(ModelError.quote(unknown))", problem: "is not part of the architecture")
    }
    self.metadata = metadata
    self.tensors = tensors
    sequence = nil
  }

  /// The model in a safetensors file's bytes.
  public init(bytes: [UInt8]) throws(ModelError) {
    let file = try Safetensors(bytes: bytes)
    let own = file.tensors.filter { !$0.key.hasPrefix(SequenceModel.prefix) }
    try self.init(metadata: try ModelMetadata(entries: file.metadata), tensors: own)
    sequence = try SequenceModel(file: file)
  }

  /// Reads the model file at `path`.
  ///
  /// - Throws: `ModelError` that names the file: it cannot be read, or is not a model (see the other initialisers).
  public init(contentsOf path: String) throws(ModelError) {
    let bytes = try ModelError.ofFile { () throws(FileError) in
      try WholeFile.read(path, largest: Safetensors.largestFile)
    }
    do {
      try self.init(bytes: bytes)
    } catch {
      throw error.inFile(path)
    }
  }

  /// The bytes of the model's file: the same for the same model.
  public func bytes() throws(ModelError) -> [UInt8] {
    var file = Safetensors(metadata: try metadata.entries(), tensors: tensors)
    try sequence?.add(to: &file)
    return file.bytes()
  }

  /// Writes the model file: under another name first, then moved, so that `path` holds a whole file at any time.
  ///
  /// - Throws: `ModelError` that names the file.
  public func write(to path: String) throws(ModelError) {
    let bytes = try bytes()
    try ModelError.ofFile { () throws(FileError) in try WholeFile.write(bytes, to: path) }
  }
}
