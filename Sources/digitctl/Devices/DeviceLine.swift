import DaemonSettings
import JSON
import Wording

/// A capture device as `devices` shows it.
package struct DeviceLine: Sendable, Equatable {
  package enum Ability: Sendable, Equatable {
    /// The usual rates that it supports, in Hz.
    case usable(formats: [String], rates: [Int], channels: ClosedRange<Int>)
    /// `state` in one word, and the reason in a sentence.
    case unusable(state: String, detail: String)
  }

  package var name: String
  package var description: String
  package var ability: Ability
  /// Whether it is the default or the daemon's, and which programs use it.
  package var marks: [Mark]
  /// Its present level, if measured.
  package var level: Level?

  package enum Mark: Sendable, Equatable {
    /// The default of all programs.
    case isDefault
    /// The daemon's setting.
    case isDaemons
    /// The programs that capture from it now.
    case inUse(by: [String])
  }

  /// In dBFS, or the reason why there was no sound.
  package enum Level: Sendable, Equatable {
    case heard(rmsDBFS: Double, peakDBFS: Double)
    case unheard(String)
  }

  package init(name: String, description: String, ability: Ability, marks: [Mark] = [], level: Level? = nil) {
    self.name = name
    self.description = description
    self.ability = ability
    self.marks = marks
    self.level = level
  }

  package var json: String {
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
    object["default"] = .bool(marks.contains(.isDefault))
    object["daemon"] = .bool(marks.contains(.isDaemons))
    object["in_use_by"] = .array(users.map(JSONValue.string))
    switch level {
    case .heard(let rms, let peak)?:
      object["rms_dbfs"] = .rounded(rms, 1)
      object["peak_dbfs"] = .rounded(peak, 1)
    case .unheard(let reason)?: object["level_error"] = .string(reason)
    case nil: break
    }
    return JSONValue.object(object).text
  }

  /// The list for a person: names to copy, and under each its description and abilities.
  package static func text(_ devices: [DeviceLine]) -> String {
    devices.map { device in
      let ability =
        switch device.ability {
        case .usable(let formats, let rates, let channels):
          "\(kilohertz(rates)), \(count(channels)), \(formats.joined(separator: " "))"
        case .unusable(_, let detail): "cannot be used: \(printable(detail))"
        }
      let marks = device.marks.isEmpty ? "" : "  (\(device.marks.map(\.words).joined(separator: "; ")))"
      return
        ([
          printable(device.name) + printable(marks), "    \(printable(device.description))", "    \(ability)",
        ] + (device.level.map { ["    \($0.words)"] } ?? [])).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// How to choose a device, with the line to paste; nil if none can be used.
  package static func advice(_ devices: [DeviceLine]) -> String? {
    let usable = devices.filter { if case .usable = $0.ability { $0.name != "default" } else { false } }
    // The daemon's present device and the default need not be chosen.
    let example = usable.first { !$0.marks.contains(.isDaemons) && !$0.marks.contains(.isDefault) } ?? usable.first
    return example.map {
      "To choose one, put a line like this into \(ConfigurationFile.usual):\nDIGITD_DEVICE=\(printable($0.name))"
    }
  }

  private var users: [String] {
    marks.flatMap { if case .inUse(let users) = $0 { users } else { [String]() } }
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

extension DeviceLine.Mark {
  fileprivate var words: String {
    switch self {
    case .isDefault: "the default"
    case .isDaemons: "configured for digitd"
    case .inUse(let users): "in use by \(users.joined(separator: ", "))"
    }
  }
}

extension DeviceLine.Level {
  /// A bar from −80 to 0 dBFS and the number.
  fileprivate var words: String {
    switch self {
    case .heard(let rms, let peak):
      let level = bar((rms + 80) / 80, width: 20)
      return rms > -100
        ? "\(level) \(decimal(rms, 0)) dBFS, at most \(decimal(peak, 0))" : "\(level) nothing at all: is it muted?"
    case .unheard(let reason): return "not heard: \(printable(reason))"
    }
  }
}
