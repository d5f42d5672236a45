import JSON

/// A capture device as `devices` shows it.
public struct DeviceLine: Sendable, Equatable {
  public enum Ability: Sendable, Equatable {
    /// The rates in Hz among the usual ones.
    case usable(formats: [String], rates: [Int], channels: ClosedRange<Int>)
    /// `state` in one word, why in a sentence.
    case unusable(state: String, detail: String)
  }

  public var name: String
  public var description: String
  public var ability: Ability

  public init(name: String, description: String, ability: Ability) {
    self.name = name
    self.description = description
    self.ability = ability
  }

  public var json: String {
    var object: JSONObject = ["name": .string(name), "description": .string(description)]
    switch ability {
    case .usable(let formats, let rates, let channels):
      object["usable"] = true
      object["formats"] = .array(formats.map(JSONValue.string))
      object["rates"] = .array(rates.map(JSONValue.integer))
      object["channels"] = .object(["min": .integer(channels.lowerBound), "max": .integer(channels.upperBound)])
    case .unusable(let state, let detail):
      object["usable"] = false
      object["state"] = .string(state)
      object["detail"] = .string(detail)
    }
    return JSONValue.object(object).text
  }

  /// All of them for a person: names to copy, and under each what it is and can do.
  public static func text(_ devices: [DeviceLine]) -> String {
    devices.map { device in
      let ability =
        switch device.ability {
        case .usable(let formats, let rates, let channels):
          "\(kilohertz(rates)), \(count(channels)), \(formats.joined(separator: " "))"
        case .unusable(_, let detail): "cannot be used: \(printable(detail))"
        }
      return "\(printable(device.name))\n    \(printable(device.description))\n    \(ability)"
    }.joined(separator: "\n")
  }

  private static func kilohertz(_ rates: [Int]) -> String {
    guard !rates.isEmpty else { return "no usual rate" }
    let numbers = rates.map { rate in rate % 1000 == 0 ? "\(rate / 1000)" : "\(Double(rate) / 1000)" }
    return numbers.joined(separator: ", ") + " kHz"
  }

  private static func count(_ channels: ClosedRange<Int>) -> String {
    if channels.count > 1 { return "\(channels.lowerBound) to \(channels.upperBound) channels" }
    return channels.lowerBound == 1 ? "1 channel" : "\(channels.lowerBound) channels"
  }
}
