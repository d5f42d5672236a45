import FoundationEssentials

/// Metadata as the string entries of a safetensors file's `__metadata__`: plain text for the texts and the format's
/// version, JSON for the rest.
extension ModelMetadata {
  /// One entry a property.
  ///
  /// - Throws: `ModelError` when a number is not finite.
  func entries() throws(ModelError) -> [String: String] {
    [
      "format": format,
      "formatVersion": String(formatVersion),
      "name": name,
      "version": version,
      "labels": try Self.json(labels, "labels"),
      "architecture": try Self.json(architecture, "architecture"),
      "features": try Self.json(features, "features"),
      "calibration": try Self.json(calibration, "calibration"),
      "training": try Self.json(training, "training"),
    ]
  }

  /// Reads the entries back; entries of other names are left alone.
  ///
  /// - Throws: `ModelError` that names the entry that is missing or not understood.
  init(entries: [String: String]) throws(ModelError) {
    func text(_ field: String) throws(ModelError) -> String {
      guard let value = entries[field] else {
        throw ModelError(field: "the metadata entry \(field)", problem: "is missing")
      }
      return value
    }
    // The format first: that a file is of some other kind, or of a later version, says more than that an entry lacks.
    let format = try text("format")
    guard format == Self.format else {
      throw ModelError(field: "format", problem: "is \(ModelError.quote(format)), not '\(Self.format)'")
    }
    let version = try text("formatVersion")
    guard version == String(Self.formatVersion) else {
      throw ModelError(
        field: "formatVersion", problem: "is \(ModelError.quote(version)); this program reads \(Self.formatVersion)")
    }
    self.init(
      name: try text("name"), version: try text("version"),
      labels: try Self.value(of: try text("labels"), "labels"),
      architecture: try Self.value(of: try text("architecture"), "architecture"),
      features: try Self.value(of: try text("features"), "features"),
      calibration: try Self.value(of: try text("calibration"), "calibration"),
      training: try Self.value(of: try text("training"), "training"))
  }

  private static func json(_ value: some Encodable, _ field: String) throws(ModelError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self)
    } catch {
      throw ModelError(field: field, problem: "holds a value that JSON cannot express")
    }
  }

  private static func value<Value: Decodable>(of text: String, _ field: String) throws(ModelError) -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw ModelError(field: "the metadata entry \(field)", problem: problem(of: error))
    } catch {
      throw ModelError(field: "the metadata entry \(field)", problem: "is not JSON")
    }
  }

  private static func problem(of error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      context.codingPath.isEmpty ? "" : " at " + context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context): return "lacks \(key.stringValue)\(place(context))"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "has a value of the wrong kind\(place(context))"
    case .dataCorrupted(let context): return "is not well-formed JSON\(place(context))"
    @unknown default: return "is not understood"
    }
  }
}
