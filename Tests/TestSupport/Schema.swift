import Glibc
package import JSON

/// A JSON Schema (2020-12), as far as `Sources/Events/schema.json` uses it. An unknown keyword is reported as
/// a problem, so that no rule of the schema goes unchecked; so is a member that the schema does not describe.
package struct Schema: Sendable {
  private let root: JSONObject
  private let definitions: JSONObject

  package init(_ bytes: [UInt8]) throws {
    guard let root = try JSONParser.parse(bytes).object, let definitions = root["$defs"]?.object else {
      throw TestFailure(description: "the schema is no object with $defs")
    }
    (self.root, self.definitions) = (root, definitions)
  }

  /// The names of what is defined.
  package var names: [String] { definitions.members.map(\.name) }

  /// What is wrong with a value; empty if it fits.
  /// - Parameter definition: one of `$defs`; nil for the schema as a whole.
  package func problems(with value: JSONValue, as definition: String? = nil) -> [String] {
    guard let definition else { return check(value, root, "") }
    guard let schema = definitions[definition]?.object else { return ["there is no $defs/\(definition)"] }
    return check(value, schema, "")
  }

  package func problems(withLine line: some Sequence<UInt8>) -> [String] {
    do throws(JSONError) {
      return problems(with: try JSONParser.parse(Array(line)))
    } catch {
      return ["\(error)"]
    }
  }

  private func check(_ value: JSONValue, _ schema: JSONObject, _ place: String) -> [String] {
    schema.members.flatMap { keyword in check(value, keyword.name, keyword.value, schema, place) }
  }

  private func check(
    _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONObject, _ place: String
  ) -> [String] {
    func problem(_ holds: Bool?, _ sentence: String) -> [String] {
      holds == true ? [] : ["\(place.isEmpty ? "it" : place) \(sentence): \(value.text.prefix(200))"]
    }
    switch keyword {
    case "$schema", "$defs", "title", "description": return []
    case "$ref":
      let name = rule.string?.split(separator: "/").last.map(String.init) ?? ""
      guard let target = definitions[name]?.object else { return ["there is no \(rule.text)"] }
      return check(value, target, place)
    case "type":
      let types = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
      return problem(types.contains { isOfType(value, $0) }, "is not of type \(rule.text)")
    case "const": return problem(value == rule, "is not \(rule.text)")
    case "enum": return problem(rule.array?.contains(value), "is none of \(rule.text)")
    case "minimum": return problem(bounds(rule, value.number) { $0 <= $1 }, "is less than \(rule.text)")
    case "maximum": return problem(bounds(value.number, rule) { $0 <= $1 }, "is more than \(rule.text)")
    case "minLength": return problem(bounds(rule, count(value.string)) { $0 <= $1 }, "is too short")
    case "minItems": return problem(bounds(rule, count(value.array)) { $0 <= $1 }, "has too few items")
    case "maxItems": return problem(bounds(count(value.array), rule) { $0 <= $1 }, "has too many items")
    case "pattern": return problem(rule.string.map { matches(value.string, $0) }, "does not look like \(rule.text)")
    case "items":
      guard let items = rule.object else { return ["the items of \(place) are not described"] }
      return (value.array ?? []).enumerated().flatMap { check($1, items, "\(place)[\($0)]") }
    case "required":
      let missing = (rule.array ?? []).compactMap(\.string).filter { value.object?[$0] == nil }
      return value.object == nil ? [] : missing.map { "\(place) has no \($0)" }
    case "properties":
      let known = rule.object ?? [:]
      return (value.object?.members ?? []).flatMap { member -> [String] in
        if let schema = known[member.name]?.object { return check(member.value, schema, "\(place)/\(member.name)") }
        return schema["additionalProperties"] == nil ? ["\(place)/\(member.name) is not described"] : []
      }
    case "additionalProperties":
      guard let others = rule.object else { return ["the members of \(place) are not described"] }
      return (value.object?.members ?? []).filter { schema["properties"]?.object?[$0.name] == nil }
        .flatMap { check($0.value, others, "\(place)/\($0.name)") }
    case "oneOf":
      let all = (rule.array ?? []).map { choice in check(value, choice.object ?? [:], place) }
      let fitting = all.count { $0.isEmpty }
      if fitting == 1 { return [] }
      // Of those that do not fit, the one that comes nearest says most.
      let nearest = all.min { $0.count < $1.count } ?? []
      return ["\(place.isEmpty ? "it" : place) fits \(fitting) of \(all.count) choices"] + (fitting == 0 ? nearest : [])
    default: return ["the keyword \(keyword) is not known"]
    }
  }

  private func isOfType(_ value: JSONValue, _ type: String) -> Bool {
    switch type {
    case "null": value == .null
    case "boolean": value.bool != nil
    case "integer": value.integer != nil
    case "number": value.number != nil
    case "string": value.string != nil
    case "array": value.array != nil
    case "object": value.object != nil
    default: false
    }
  }

  private func count<C: Collection>(_ value: C?) -> Double? { value.map { Double($0.count) } }

  private func bounds(_ rule: JSONValue, _ value: Double?, _ holds: (Double, Double) -> Bool) -> Bool? {
    // What is of another type is for `type` to find.
    guard let value else { return true }
    return rule.number.map { holds($0, value) }
  }

  private func bounds(_ value: Double?, _ rule: JSONValue, _ holds: (Double, Double) -> Bool) -> Bool? {
    guard let value else { return true }
    return rule.number.map { holds(value, $0) }
  }

  /// POSIX extended regular expressions have no \d.
  private func matches(_ text: String?, _ pattern: String) -> Bool {
    guard let text else { return true }
    var expression = regex_t()
    let posix = pattern.split(separator: "\\d", omittingEmptySubsequences: false).joined(separator: "[0-9]")
    guard regcomp(&expression, posix, REG_EXTENDED | REG_NOSUB) == 0 else { return false }
    defer { regfree(&expression) }
    return regexec(&expression, text, 0, nil, 0) == 0
  }
}

extension Schema {
  /// That of the events, `Sources/Events/schema.json`.
  package static func ofEvents() throws -> Schema {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    let path = "\(root)/Sources/Events/schema.json"
    guard let file = fopen(path, "r") else { throw TestFailure(description: "\(path) cannot be read") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return try Schema(bytes)
  }
}
