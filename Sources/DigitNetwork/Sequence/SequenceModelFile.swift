import Files

/// The model as a safetensors file: one metadata entry of JSON, and the tensors by PyTorch's names with a prefix.
extension SequenceModel {
  static let entry = "sequence"
  static let prefix = "sequence."
  /// The value of the entry `format` in every file of this program.
  static let format = "digitd"
  /// The format version that this program writes. It also reads version 1, whose files hold single-word networks
  /// besides this one.
  static let formatVersion = 2

  /// Reads the model file at `path`.
  ///
  /// - Throws: `ModelError` that names the file if it cannot be read or is not a model (see the other initialisers).
  package init(contentsOf path: String) throws(ModelError) {
    let bytes = try ModelError.ofFile { () throws(FileError) in
      try WholeFile.read(path, largest: Safetensors.largestFile)
    }
    do {
      try self.init(bytes: bytes)
    } catch {
      throw error.inFile(path)
    }
  }

  /// Parses the bytes of a model file.
  package init(bytes: [UInt8]) throws(ModelError) {
    let file = try Safetensors(bytes: bytes)
    func text(_ field: String) throws(ModelError) -> String {
      guard let value = file.metadata[field] else {
        throw ModelError(field: "the metadata entry \(field)", problem: "is missing")
      }
      return value
    }
    // Checks the format first: a file of another kind or a later version deserves a clearer message than a missing
    // entry.
    let format = try text("format")
    guard format == Self.format else {
      throw ModelError(field: "format", problem: "is \(ModelError.quote(format)), not '\(Self.format)'")
    }
    let version = try text("formatVersion")
    guard version == "1" || version == "2" else {
      throw ModelError(
        field: "formatVersion", problem: "is \(ModelError.quote(version)); this program reads 1 and 2")
    }
    guard file.metadata[Self.entry] != nil || version == "2" else {
      throw ModelError(
        field: "the file", problem: "holds no network that reads running speech; it is of an older version")
    }
    guard
      let metadata = Metadata(
        name: try text("name"), version: try text("version"), jsonText: try text(Self.entry))
    else {
      throw ModelError(field: "the metadata entry \(Self.entry)", problem: "is not understood")
    }
    var tensors: [String: Tensor] = [:]
    for (name, tensor) in file.tensors {
      if name.hasPrefix(Self.prefix) {
        tensors[String(name.dropFirst(Self.prefix.count))] = tensor
      } else if version == "2" {
        throw ModelError(field: "tensor \(ModelError.quote(name))", problem: "is not part of the architecture")
      }
    }
    try self.init(metadata: metadata, tensors: tensors)
  }

  /// The bytes of the model's file. Equal models give equal bytes.
  package func bytes() throws(ModelError) -> [UInt8] {
    let tensors = Dictionary(uniqueKeysWithValues: tensors.map { (Self.prefix + $0, $1) })
    return Safetensors(metadata: try entries(), tensors: tensors).bytes()
  }

  /// The file's metadata entries.
  func entries() throws(ModelError) -> [String: String] {
    [
      "format": Self.format, "formatVersion": "\(Self.formatVersion)", "name": metadata.name,
      "version": metadata.version, Self.entry: try metadata.jsonText(),
    ]
  }

  /// Writes the model file under another name and then renames it, so that `path` holds a whole file at any time.
  ///
  /// - Throws: `ModelError` that names the file.
  package func write(to path: String) throws(ModelError) {
    let bytes = try bytes()
    try ModelError.ofFile { () throws(FileError) in try WholeFile.write(bytes, to: path) }
  }
}
