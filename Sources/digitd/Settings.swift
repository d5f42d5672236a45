package import AudioInput
package import DaemonSettings
package import Logging
import Recognition

/// All settings. Flags override the environment, which overrides the configuration file.
package struct Settings: Sendable, Equatable {
  package enum Input: Sendable, Equatable {
    case microphone(device: String, waitForDevice: Bool)
    case file(path: String, realtime: Bool)
    /// Standard input ("-"), a FIFO or a device; raw samples if there is a layout.
    case pipe(path: String, layout: SampleLayout?)
  }

  package enum Socket: Sendable, Equatable {
    case none
    case path(String)
    /// The one systemd passes, else where there is a place for it.
    case usual
  }

  package enum Format: String, Sendable, Equatable, CaseIterable {
    case auto, json, text
  }

  package var input: Input
  package var channel: Int?
  /// Whether the microphone stays closed until a client resumes it.
  package var startPaused: Bool
  /// Whether clients over TCP may pause and resume.
  var allowsTCPPause: Bool
  package var socket: Socket
  package var model: String?
  package var format: Format
  package var logLevel: Logger.Level
  /// The folder in which utterances are kept; nil if none are.
  package var keepUtterances: String?
  /// Seconds without a digit after which a number is over.
  package var numberPause: Double

  package init(
    input: Input, channel: Int?, socket: Socket, model: String?, format: Format, logLevel: Logger.Level,
    keepUtterances: String? = nil, startPaused: Bool = false, allowsTCPPause: Bool = false,
    numberPause: Double = SoundStream.Settings().numberPause
  ) {
    self.input = input
    self.startPaused = startPaused
    self.allowsTCPPause = allowsTCPPause
    self.channel = channel
    self.socket = socket
    self.model = model
    self.format = format
    self.logLevel = logLevel
    self.keepUtterances = keepUtterances
    self.numberPause = numberPause
  }
}

extension Settings {
  /// Whether a variable of the environment is known: a setting, or one of the build and the tests.
  static func knows(variable: String) -> Bool {
    variable == "DIGITD_CONFIG" || variable == "DIGITD_DATA" || variable.hasPrefix("DIGITD_TEST_")
      || SettingKey.allCases.contains { $0.variable == variable }
  }

  /// The changed settings that need a restart, in words.
  package func changes(needingRestartFrom old: Settings) -> [String] {
    var changes: [String] = []
    for key in SettingKey.allCases {
      guard let aspect = Self.aspect(of: key), aspect.differs(self, old), !changes.contains(aspect.words) else {
        continue
      }
      changes.append(aspect.words)
    }
    return changes
  }

  /// What a setting decides until the next start, in words; several may decide one thing together.
  private struct Aspect {
    var words: String
    var differs: (Settings, Settings) -> Bool

    init(_ words: String, _ value: @escaping (Settings) -> some Equatable) {
      self.words = words
      differs = { value($0) != value($1) }
    }
  }

  /// Nil for a setting that takes effect at once.
  private static func aspect(of key: SettingKey) -> Aspect? {
    switch key {
    case .device, .input, .raw, .realtime, .waitForDevice: Aspect("the microphone") { $0.input }
    case .channel: Aspect("the channel") { $0.channel }
    case .socket, .noSocket: Aspect("the socket") { $0.socket }
    case .model: Aspect("the model") { $0.model }
    case .format: Aspect("the format") { $0.format }
    case .logLevel: nil
    case .startPaused: Aspect("whether it starts paused") { $0.startPaused }
    case .allowTCPPause: Aspect("who may pause") { $0.allowsTCPPause }
    case .keepUtterances: Aspect("what is kept") { $0.keepUtterances }
    case .numberPause: Aspect("the pause after a number") { $0.numberPause }
    }
  }
}

/// Where settings come from.
package struct SettingsSources: Sendable {
  package var flags: [SettingKey: String]
  package var environment: [String: String]
  /// The requested configuration file; if nil, the usual one, which may be missing.
  package var file: String?

  package init(flags: [SettingKey: String], environment: [String: String], file: String?) {
    self.flags = flags
    self.environment = environment
    self.file = file
  }

  /// Reads the file and combines the sources.
  package func resolve() throws(DaemonFailure) -> Settings {
    let named = file ?? environment["DIGITD_CONFIG"]
    let file = try ConfigurationFile.read(named ?? ConfigurationFile.usual, mayBeMissing: named == nil)
    let lookup = Lookup(flags: flags, sources: SettingLookup(environment: environment, file: file))

    let inputFile = lookup.string(.input)
    // A file given on the command line may be recognised while a daemon runs, which already has the socket named in the
    // environment or the configuration.
    let socket = flags[.input] == nil ? lookup.string(.socket) : flags[.socket]
    // A flag that names a socket overrides a `DIGITD_NO_SOCKET` in the environment or the file.
    let noSocket = flags[.socket] == nil ? try lookup.bool(.noSocket) : false
    let isDeviceAsked = flags[.device] != nil
    let (realtime, waitForDevice) = (try lookup.bool(.realtime), try lookup.bool(.waitForDevice))
    let input: Settings.Input
    if let inputFile, !isDeviceAsked {
      if flags[.waitForDevice] != nil { throw .usage("--wait-for-device and an input file exclude each other") }
      if flags[.startPaused] != nil { throw .usage("--start-paused and an input file exclude each other") }
      let layout = try lookup.layout()
      if layout == nil, !PipeSource.isPipe(inputFile) {
        // A file that a shell redirects to standard input.
        input = .file(path: inputFile == "-" ? "/dev/stdin" : inputFile, realtime: realtime)
      } else {
        if realtime { throw .usage("--realtime is for sound files: a pipe already runs at its own speed") }
        input = .pipe(path: inputFile, layout: layout)
      }
    } else {
      if flags[.realtime] != nil { throw .usage("--realtime needs --input") }
      if flags[.raw] != nil { throw .usage("--raw needs --input") }
      input = .microphone(device: lookup.string(.device) ?? "default", waitForDevice: waitForDevice)
    }
    return Settings(
      input: input, channel: try lookup.channel(),
      socket: noSocket ? .none : socket.map { .path($0) } ?? (inputFile == nil || isDeviceAsked ? .usual : .none),
      model: lookup.string(.model), format: try lookup.choice(.format) ?? .auto,
      logLevel: try lookup.choice(.logLevel) ?? .info, keepUtterances: lookup.string(.keepUtterances),
      startPaused: try lookup.bool(.startPaused), allowsTCPPause: try lookup.bool(.allowTCPPause),
      numberPause: try lookup.seconds(.numberPause, in: 0.2...10) ?? SoundStream.Settings().numberPause)
  }
}

/// The daemon's settings in the sources.
private struct Lookup {
  let flags: [SettingKey: String]
  let sources: SettingLookup

  private func find(_ key: SettingKey) -> FoundSetting? {
    sources.find("--\(key.rawValue)", given: flags[key], variable: key.variable)
  }

  func string(_ key: SettingKey) -> String? { find(key)?.value }

  func bool(_ key: SettingKey) throws(DaemonFailure) -> Bool { try find(key)?.bool() ?? false }

  func channel() throws(DaemonFailure) -> Int? {
    guard let found = find(.channel) else { return nil }
    guard let number = Int(found.value), number > 0 else { throw found.wrong("not a channel, counted from 1") }
    return number
  }

  func layout() throws(DaemonFailure) -> SampleLayout? {
    guard let found = find(.raw) else { return nil }
    do throws(AudioInputError) {
      return try SampleLayout(found.value)
    } catch {
      throw found.wrong("not a layout: \(error)")
    }
  }

  func seconds(_ key: SettingKey, in range: ClosedRange<Double>) throws(DaemonFailure) -> Double? {
    try find(key)?.seconds(in: range)
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(_ key: SettingKey) throws(DaemonFailure) -> Choice? {
    try find(key)?.choice()
  }
}
