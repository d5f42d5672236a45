/// The JSON header of a safetensors file, parsed strictly: `{"name": {"dtype": …, "shape": […], "data_offsets": [b,
/// e]}, …, "__metadata__": {"key": "value", …}}` and nothing else, without duplicate names.
///
/// It has a parser of its own because a general one silently keeps one of two equal keys, and because nothing here
/// nests, so that no input can exhaust the stack.
struct SafetensorsHeader: Equatable {
  struct Entry: Equatable {
    var name: String
    var dtype: String
    var shape: [Int]
    var begin: Int
    var end: Int
  }

  var metadata: [String: String] = [:]
  var entries: [Entry] = []

  init(parsing bytes: ArraySlice<UInt8>) throws(ModelError) {
    var scanner = JSONScanner(bytes)
    var names: Set<String> = []
    try scanner.object(of: "the header") { scanner, name throws(ModelError) in
      guard names.insert(name).inserted else {
        throw ModelError(field: "the header", problem: "names \(ModelError.quote(name)) twice")
      }
      if name == "__metadata__" {
        try scanner.object(of: "__metadata__") { scanner, key throws(ModelError) in
          let value = try scanner.string()
          if metadata.updateValue(value, forKey: key) != nil {
            throw ModelError(field: "__metadata__", problem: "has \(ModelError.quote(key)) twice")
          }
        }
      } else {
        entries.append(try Self.entry(name, &scanner))
      }
    }
    try scanner.end()
  }

  private static func entry(_ name: String, _ scanner: inout JSONScanner) throws(ModelError) -> Entry {
    let field = "tensor \(ModelError.quote(name))"
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    try scanner.object(of: field) { scanner, key throws(ModelError) in
      switch key {
      case "dtype" where dtype == nil: dtype = try scanner.string()
      case "shape" where shape == nil: shape = try scanner.integers(atMost: 8, of: field)
      case "data_offsets" where offsets == nil: offsets = try scanner.integers(atMost: 2, of: field)
      case "dtype", "shape", "data_offsets": throw ModelError(field: field, problem: "has \(key) twice")
      default: throw ModelError(field: field, problem: "has an unknown key \(ModelError.quote(key))")
      }
    }
    guard let dtype else { throw ModelError(field: field, problem: "has no dtype") }
    guard let shape else { throw ModelError(field: field, problem: "has no shape") }
    guard let offsets, offsets.count == 2 else {
      throw ModelError(field: field, problem: "does not have two data_offsets")
    }
    return Entry(name: name, dtype: dtype, shape: shape, begin: offsets[0], end: offsets[1])
  }
}
