/// Finds a setting: flags override the environment, which overrides the file.
package struct SettingLookup: Sendable {
  package var environment: [String: String]
  package var file: ConfigurationFile?

  package init(environment: [String: String], file: ConfigurationFile? = nil) {
    self.environment = environment
    self.file = file
  }

  /// - Parameters:
  ///   - flag: the option's name, "--device".
  ///   - given: its value on the command line.
  ///   - variable: the name in the environment and in the file. An empty variable counts as unset:
  ///     `DIGITD_DEVICE= digitd`.
  package func find(_ flag: String, given: String?, variable: String) -> FoundSetting? {
    if let given { return FoundSetting(value: given, origin: .flag(flag)) }
    if let value = environment[variable], !value.isEmpty {
      return FoundSetting(value: value, origin: .environment(variable: variable))
    }
    guard let file, let value = file.values[variable] else { return nil }
    return FoundSetting(value: value, origin: .file(file.path, line: file.lines[variable] ?? 0, variable: variable))
  }
}

/// A setting and its source.
package struct FoundSetting: Sendable, Equatable {
  package enum Origin: Sendable, Equatable, CustomStringConvertible {
    case flag(String)
    case environment(variable: String)
    case file(String, line: Int, variable: String)

    /// "--device", "DIGITD_DEVICE in the environment", "/etc/default/digitd, line 3".
    package var description: String {
      switch self {
      case .flag(let name): name
      case .environment(let variable): "\(variable) in the environment"
      case .file(let path, let line, _): "\(path), line \(line)"
      }
    }
  }

  package var value: String
  package var origin: Origin

  /// Yes or no.
  package func bool() throws(DaemonFailure) -> Bool {
    switch value.lowercased() {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0": return false
    default: throw wrong("neither yes nor no")
    }
  }

  package func integer(in range: ClosedRange<Int>) throws(DaemonFailure) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw wrong("not \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  package func seconds(in range: ClosedRange<Double>) throws(DaemonFailure) -> Double {
    guard let number = Double(value), range.contains(number) else {
      throw wrong("not \(range.lowerBound) to \(range.upperBound) seconds")
    }
    return number
  }

  package func choice<Choice: RawRepresentable<String> & CaseIterable>() throws(DaemonFailure) -> Choice {
    guard let choice = Choice(rawValue: value.lowercased()) else {
      throw wrong("none of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// - Parameter problem: "neither yes nor no".
  package func wrong(_ problem: String) -> DaemonFailure {
    let subject = if case .file(_, _, let variable) = origin { "\(origin): \(variable)" } else { "\(origin)" }
    return .usage("\(subject) is \"\(value)\", which is \(problem)")
  }
}
