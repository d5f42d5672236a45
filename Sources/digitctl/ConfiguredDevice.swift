import DaemonSettings

/// The microphone that the daemon is set to, and where that is set.
package struct ConfiguredDevice: Sendable, Equatable {
  package var name: String
  /// "--device", "DIGITD_DEVICE in the environment", "/etc/default/digitd, line 3"; nil if it is set nowhere.
  package var origin: String?
  /// What is wrong with the configuration file.
  package var problem: String?

  package init(name: String, origin: String? = nil, problem: String? = nil) {
    self.name = name
    self.origin = origin
    self.problem = problem
  }

  /// - Parameters:
  ///   - given: on the command line.
  ///   - file: the daemon's configuration; the usual one, which may be missing, if nil.
  package static func find(
    given: String? = nil, environment: [String: String], file: String? = nil
  ) -> ConfiguredDevice {
    let variable = SettingKey.device.variable
    if let given { return ConfiguredDevice(name: given, origin: "--device") }
    if let named = environment[variable], !named.isEmpty {
      return ConfiguredDevice(name: named, origin: "\(variable) in the environment")
    }
    let named = file ?? environment["DIGITD_CONFIG"]
    do throws(DaemonFailure) {
      let file = try ConfigurationFile.read(named ?? ConfigurationFile.usual, mayBeMissing: named == nil)
      guard let value = file.values[variable] else { return ConfiguredDevice(name: "default") }
      return ConfiguredDevice(name: value, origin: "\(file.path), line \(file.lines[variable] ?? 0)")
    } catch {
      return ConfiguredDevice(name: "default", problem: error.sentence)
    }
  }
}
