import JSON

/// The JSON header of a safetensors file, read strictly: `{"name": {"dtype": …, "shape": […], "data_offsets": [b, e]}, …,
/// "__metadata__": {"key": "value", …}}` and nothing else, without duplicate names.
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
    let header: JSONValue
    do throws(JSONError) {
      header = try JSONParser.parse(Array(bytes))
    } catch {
      throw ModelError(field: "the header", problem: "is \(error)")
    }
    for (name, value) in try Self.members(of: header, field: "the header") {
      if name == "__metadata__" {
        for (key, value) in try Self.members(of: value, field: name) {
          guard case .string(let text) = value else {
            throw ModelError(field: name, problem: "has something that is not a string for \(ModelError.quote(key))")
          }
          metadata[key] = text
        }
      } else {
        entries.append(try Self.entry(name, value))
      }
    }
  }

  private static func entry(_ name: String, _ value: JSONValue) throws(ModelError) -> Entry {
    let field = "tensor \(ModelError.quote(name))"
    var dtype: String?
    var shape: [Int]?
    var offsets: [Int]?
    for (key, value) in try members(of: value, field: field) {
      switch key {
      case "dtype":
        guard case .string(let text) = value else { throw ModelError(field: field, problem: "has no dtype") }
        dtype = text
      case "shape": shape = try integers(value, atMost: 8, field: field)
      case "data_offsets": offsets = try integers(value, atMost: 2, field: field)
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

  /// An object's members in their order; a name that stands in it twice is refused.
  private static func members(of value: JSONValue, field: String) throws(ModelError) -> [(String, JSONValue)] {
    guard case .object(let object) = value else {
      throw ModelError(field: field, problem: "is not an object of a safetensors header")
    }
    var names: Set<String> = []
    for member in object.members where !names.insert(member.name).inserted {
      throw ModelError(field: field, problem: "has \(ModelError.quote(member.name)) twice")
    }
    return object.members.map { ($0.name, $0.value) }
  }

  /// An array of at most `limit` non-negative integers.
  private static func integers(_ value: JSONValue, atMost limit: Int, field: String) throws(ModelError) -> [Int] {
    guard case .array(let values) = value else {
      throw ModelError(field: field, problem: "has something that is not a list of numbers")
    }
    guard values.count <= limit else {
      throw ModelError(field: field, problem: "has a list of more than \(limit) numbers")
    }
    var numbers: [Int] = []
    for value in values {
      guard case .integer(let number) = value, number >= 0 else {
        throw ModelError(field: field, problem: "has something that is not a whole number")
      }
      numbers.append(number)
    }
    return numbers
  }
}
