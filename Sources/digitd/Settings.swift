package import AudioInput
package import DaemonSettings
package import Logging
import Recognition

/// Everything that can be set, as it counts: flags before the environment before the file.
package struct Settings: Sendable, Equatable {
  package typealias Key = SettingKey

  package enum Input: Sendable, Equatable {
    case microphone(device: String, waitForDevice: Bool)
    case file(path: String, realtime: Bool)
    /// Standard input ("-"), a FIFO or a device; plain samples if they have a layout.
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
  /// Whether the microphone stays closed until somebody resumes it.
  package var startPaused: Bool
  /// Whether who is connected over TCP may pause and resume.
  package var allowsTCPPause: Bool
  package var socket: Socket
  package var model: String?
  package var format: Format
  package var logLevel: Logger.Level
  /// The folder in which utterances are kept; nil, as is usual, if none are.
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
  /// Whether a variable of the environment means something: a setting, or what belongs to the build and the tests.
  static func knows(variable: String) -> Bool {
    variable == "DIGITD_CONFIG" || variable == "DIGITD_DATA" || variable.hasPrefix("DIGITD_TEST_")
      || Key.allCases.contains { $0.variable == variable }
  }

  /// What is not as it was and can only change with a restart, by its names.
  func changes(needingRestartFrom old: Settings) -> [String] {
    var changes: [String] = []
    if input != old.input { changes.append("the microphone") }
    if channel != old.channel { changes.append("the channel") }
    if socket != old.socket { changes.append("the socket") }
    if model != old.model { changes.append("the model") }
    if format != old.format { changes.append("the format") }
    if keepUtterances != old.keepUtterances { changes.append("what is kept") }
    if numberPause != old.numberPause { changes.append("the pause after a number") }
    return changes
  }
}

/// Where settings come from.
package struct SettingsSources: Sendable {
  package var flags: [Settings.Key: String]
  package var environment: [String: String]
  /// The configuration file that was asked for; the usual one, which may be missing, otherwise.
  package var file: String?

  package init(flags: [Settings.Key: String], environment: [String: String], file: String?) {
    self.flags = flags
    self.environment = environment
    self.file = file
  }

  /// Reads the file and puts everything together.
  package func resolve() throws(DaemonFailure) -> Settings {
    let named = file ?? environment["DIGITD_CONFIG"]
    let file = try ConfigurationFile.read(named ?? ConfigurationFile.usual, mayBeMissing: named == nil)
    let lookup = Lookup(flags: flags, environment: environment, file: file)

    let inputFile = lookup.string(.input)
    // Who gives a file by hand wants it recognised, beside a daemon that has the socket of the environment or of its file.
    let socket = flags[.input] == nil ? lookup.string(.socket) : flags[.socket]
    // A flag that names a socket counts before a `DIGITD_NO_SOCKET` in the environment or the file.
    let noSocket = flags[.socket] == nil ? try lookup.bool(.noSocket) : false
    let isDeviceAsked = flags[.device] != nil
    let (realtime, waitForDevice) = (try lookup.bool(.realtime), try lookup.bool(.waitForDevice))
    let input: Settings.Input
    if let inputFile, !isDeviceAsked {
      if flags[.waitForDevice] != nil { throw .usage("--wait-for-device and an input file exclude each other") }
      if flags[.startPaused] != nil { throw .usage("--start-paused and an input file exclude each other") }
      let layout = try lookup.layout()
      if layout == nil, !PipeSource.isPipe(inputFile) {
        // What a shell puts there with "<" is a file like any other.
        input = .file(path: inputFile == "-" ? "/dev/stdin" : inputFile, realtime: realtime)
      } else {
        if realtime { throw .usage("--realtime is for sound files: what comes through a pipe has a pace of its own") }
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
      numberPause: try lookup.seconds(.numberPause, within: 0.2...10) ?? SoundStream.Settings().numberPause)
  }
}

/// Finds a setting in the sources in their order, and knows where it was found when it makes no sense.
private struct Lookup {
  let flags: [Settings.Key: String]
  let environment: [String: String]
  let file: ConfigurationFile

  init(flags: [Settings.Key: String], environment: [String: String], file: ConfigurationFile) {
    self.flags = flags
    // An empty variable is one that is not set: `DIGITD_DEVICE= digitd`.
    self.environment = environment.filter { !$0.value.isEmpty }
    self.file = file
  }

  func string(_ key: Settings.Key) -> String? {
    flags[key] ?? environment[key.variable] ?? file.values[key.variable]
  }

  func bool(_ key: Settings.Key) throws(DaemonFailure) -> Bool {
    guard let text = string(key) else { return false }
    switch text.lowercased() {
    case "true", "yes", "on", "1": return true
    case "false", "no", "off", "0": return false
    default: throw wrong(key, text, "neither yes nor no")
    }
  }

  func channel() throws(DaemonFailure) -> Int? {
    guard let text = string(.channel) else { return nil }
    guard let number = Int(text), number > 0 else { throw wrong(.channel, text, "no channel, counted from 1") }
    return number
  }

  func layout() throws(DaemonFailure) -> SampleLayout? {
    guard let text = string(.raw) else { return nil }
    do throws(AudioInputError) {
      return try SampleLayout(text)
    } catch {
      throw wrong(.raw, text, "no layout: \(error)")
    }
  }

  func seconds(_ key: Settings.Key, within range: ClosedRange<Double>) throws(DaemonFailure) -> Double? {
    guard let text = string(key) else { return nil }
    guard let number = Double(text), range.contains(number) else {
      throw wrong(key, text, "not \(range.lowerBound) to \(range.upperBound) seconds")
    }
    return number
  }

  func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: Settings.Key
  ) throws(DaemonFailure) -> Choice? {
    guard let text = string(key) else { return nil }
    guard let choice = Choice(rawValue: text.lowercased()) else {
      throw wrong(key, text, "none of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  private func wrong(_ key: Settings.Key, _ text: String, _ problem: String) -> DaemonFailure {
    let place =
      if flags[key] != nil {
        "--\(key.rawValue)"
      } else if environment[key.variable] != nil {
        "\(key.variable) in the environment"
      } else {
        "\(file.path), line \(file.lines[key.variable] ?? 0): \(key.variable)"
      }
    return .usage("\(place) is \"\(text)\", which is \(problem)")
  }
}
