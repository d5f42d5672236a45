import DaemonSettings

/// The daemon's configured microphone, and where it is configured.
struct ConfiguredDevice: Sendable, Equatable {
  var name: String
  /// "--device", "DIGITD_DEVICE in the environment", "/etc/default/digitd, line 3"; nil if it is not set.
  var origin: String?
  /// What is wrong with the configuration file.
  var problem: String?

  init(name: String, origin: String? = nil, problem: String? = nil) {
    self.name = name
    self.origin = origin
    self.problem = problem
  }

  /// - Parameters:
  ///   - given: on the command line.
  ///   - file: the daemon's configuration; the usual one, which may be missing, if nil.
  static func find(
    given: String? = nil, environment: [String: String], file: String? = nil
  ) -> ConfiguredDevice {
    func find(_ file: ConfigurationFile?) -> ConfiguredDevice? {
      SettingLookup(environment: environment, file: file)
        .find("--device", given: given, variable: SettingKey.device.variable)
        .map { ConfiguredDevice(name: $0.value, origin: "\($0.origin)") }
    }
    // A damaged file does not matter if the setting comes from elsewhere.
    if let found = find(nil) { return found }
    let named = file ?? environment["DIGITD_CONFIG"]
    do throws(DaemonFailure) {
      let file = try ConfigurationFile.read(named ?? ConfigurationFile.usual, mayBeMissing: named == nil)
      return find(file) ?? ConfiguredDevice(name: "default")
    } catch {
      return ConfiguredDevice(name: "default", problem: error.sentence)
    }
  }
}
