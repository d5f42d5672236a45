import AudioInput
import DaemonSettings
import Logging
import TestSupport
import Testing
import digitd

@Suite struct SettingsTests {
  private func resolve(
    flags: [SettingKey: String] = [:], environment: [String: String] = [:], file: String? = nil
  ) throws -> Settings {
    let folder = try TemporaryFolder()
    let path = try folder.file("config", file ?? "")
    return try SettingsSources(flags: flags, environment: environment, file: path).resolve()
  }

  @Test func `without settings there is the microphone and the usual socket`() throws {
    #expect(
      try resolve()
        == Settings(
          input: .microphone(device: "default", waitForDevice: false), channel: nil, socket: .usual, model: nil,
          format: .auto, logLevel: .info))
  }

  @Test func `flags come before the environment, and that before the file`() throws {
    let file = "DIGITD_DEVICE=from-file\nDIGITD_MODEL=file.model\nDIGITD_FORMAT=text\n"
    let environment = ["DIGITD_DEVICE": "from-environment", "DIGITD_MODEL": "environment.model", "HOME": "/"]
    let all = try resolve(flags: [.device: "from-flag"], environment: environment, file: file)
    #expect(all.input == .microphone(device: "from-flag", waitForDevice: false))
    #expect(all.model == "environment.model")
    #expect(all.format == .text)
  }

  @Test func `an empty variable is not set`() throws {
    let settings = try resolve(environment: ["DIGITD_DEVICE": ""], file: "DIGITD_DEVICE=hw:1")
    #expect(settings.input == .microphone(device: "hw:1", waitForDevice: false))
  }

  @Test func `every key is read`() throws {
    let file = """
      # comment
      ; another

      DIGITD_INPUT = "a file.wav"
      DIGITD_REALTIME=yes
      DIGITD_CHANNEL=2
      DIGITD_SOCKET='/run/s'
      DIGITD_LOG_LEVEL=Debug
      DIGITD_KEEP_UTTERANCES=/var/lib/digitd
      """
    #expect(
      try resolve(file: file)
        == Settings(
          input: .file(path: "a file.wav", realtime: true), channel: 2, socket: .path("/run/s"), model: nil,
          format: .auto, logLevel: .debug, keepUtterances: "/var/lib/digitd"))
    #expect(
      try resolve(file: "DIGITD_WAIT_FOR_DEVICE=1\r\nDIGITD_NO_SOCKET=true\r\nDIGITD_START_PAUSED=yes\r\n")
        == Settings(
          input: .microphone(device: "default", waitForDevice: true), channel: nil, socket: .none, model: nil,
          format: .auto, logLevel: .info, startPaused: true))
  }

  @Test func `a comment may follow a quoted value`() throws {
    let settings = try resolve(
      file: "DIGITD_DEVICE=\"plughw:CARD=USB\"  # the one on the desk\nDIGITD_MODEL='a # b'#\n")
    #expect(settings.input == .microphone(device: "plughw:CARD=USB", waitForDevice: false))
    #expect(settings.model == "a # b")
  }

  /// As `digitctl model use` writes it.
  @Test(
    arguments: [
      ("", "/m", "DIGITD_MODEL=\"/m\"\n"), ("", nil, "\n"),
      ("# a\n#DIGITD_MODEL=\nDIGITD_CHANNEL=1", "/m", "# a\nDIGITD_MODEL=\"/m\"\nDIGITD_CHANNEL=1\n"),
      ("DIGITD_MODEL=/a\n", nil, "#DIGITD_MODEL=\n"),
      ("DIGITD_CHANNEL=1\n", "/m", "DIGITD_CHANNEL=1\nDIGITD_MODEL=\"/m\"\n"),
      (
        "#DIGITD_MODEL=x\nDIGITD_MODEL=/a\n DIGITD_MODEL = /b\n", "/m",
        "#DIGITD_MODEL=x\n#DIGITD_MODEL=/a\nDIGITD_MODEL=\"/m\"\n"
      ),
    ] as [(String, String?, String)])
  func `a setting is written in its place`(text: String, value: String?, expected: String) throws {
    let new = ConfigurationFile.text(text, setting: .model, to: value)
    #expect(new == expected)
    #expect(try ConfigurationFile.parse(new, path: "file").values["DIGITD_MODEL"] == value)
    #expect(ConfigurationFile.text(new, setting: .model, to: value) == new)
  }

  @Test(arguments: [
    ("DIGITD_DEVICE=\"hw:1", "line 1: DIGITD_DEVICE: the quotation mark \" in \"hw:1 is not closed"),
    ("DIGITD_DEVICE='", "line 1: DIGITD_DEVICE: the quotation mark ' in ' is not closed"),
    ("DIGITD_DEVICE='a' b", "line 1: DIGITD_DEVICE: after the closing quotation mark comes b; only a # comment may"),
  ])
  func `an error about quotation marks names the fault`(file: String, sentence: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("config", file)
    #expect(throws: DaemonFailure.usage("\(path), \(sentence)")) {
      try ConfigurationFile.read(path, mayBeMissing: false)
    }
  }

  @Test func `plain samples have a layout`() throws {
    let settings = try resolve(flags: [.input: "-", .raw: "16000,S16_LE,1"])
    #expect(settings.input == .pipe(path: "-", layout: try SampleLayout("16000,S16_LE,1")))
    #expect(settings.socket == .none)
    #expect(throws: DaemonFailure.self) { try resolve(flags: [.raw: "16000,S16_LE,1"]) }
    #expect(throws: DaemonFailure.self) { try resolve(flags: [.input: "-", .raw: "16000"]) }
    #expect(throws: DaemonFailure.self) { try resolve(flags: [.input: "-", .raw: "8000,S16_LE,1", .realtime: "true"]) }
  }

  @Test func `a file has no socket unless one is named`() throws {
    #expect(try resolve(flags: [.input: "a.wav"]).socket == .none)
    #expect(try resolve(flags: [.input: "a.wav", .socket: "s"]).socket == .path("s"))
  }

  @Test func `a file given by hand leaves the socket of the service alone`() throws {
    let environment = ["DIGITD_SOCKET": "s", "DIGITD_WAIT_FOR_DEVICE": "yes"]
    let settings = try resolve(flags: [.input: "a.wav"], environment: environment)
    #expect(settings.socket == .none && settings.input == .file(path: "a.wav", realtime: false))
  }

  @Test func `the input file may come from the environment`() throws {
    let environment = ["DIGITD_INPUT": "a.wav"]
    #expect(
      try resolve(flags: [.realtime: "true"], environment: environment).input == .file(path: "a.wav", realtime: true))
    #expect(throws: DaemonFailure.self) { try resolve(flags: [.waitForDevice: "true"], environment: environment) }
    #expect(throws: DaemonFailure.self) { try resolve(flags: [.realtime: "true"]) }
    #expect(throws: DaemonFailure.self) { try resolve(environment: ["DIGITD_REALTIME": "maybe"]) }
  }

  @Test func `a flag comes before its opposite from elsewhere`() throws {
    #expect(try resolve(flags: [.device: "hw:1"], environment: ["DIGITD_INPUT": "a.wav"]).socket == .usual)
    #expect(try resolve(flags: [.socket: "s"], environment: ["DIGITD_NO_SOCKET": "yes"]).socket == .path("s"))
    #expect(try resolve(flags: [.noSocket: "true"], environment: ["DIGITD_SOCKET": "s"]).socket == .none)
  }

  @Test(arguments: SettingKey.allCases) func `a reload names whatever takes a restart`(key: SettingKey) throws {
    let values: [SettingKey: String] = [
      .device: "hw:1", .channel: "2", .input: "a.wav", .raw: "16000,S16_LE,1", .realtime: "yes", .socket: "/s",
      .noSocket: "yes", .model: "m", .format: "text", .logLevel: "debug", .waitForDevice: "yes", .startPaused: "yes",
      .allowTCPPause: "yes", .keepUtterances: "/k", .numberPause: "1",
    ]
    // What these say is of a file.
    let before: [SettingKey: String] = [.raw, .realtime].contains(key) ? [.input: key == .raw ? "-" : "a.wav"] : [:]
    func settings(_ values: [SettingKey: String]) throws -> Settings {
      try resolve(environment: Dictionary(uniqueKeysWithValues: values.map { ($0.key.variable, $0.value) }))
    }
    let old = try settings(before)
    let new = try settings(before.merging([key: try #require(values[key])]) { $1 })
    #expect(new.changes(needingRestartFrom: old).isEmpty == (key == .logLevel))
    #expect(old.changes(needingRestartFrom: old).isEmpty)
  }

  @Test func `only a configuration file that nobody asked for may be missing`() throws {
    #expect(try ConfigurationFile.read("/no/such/file", mayBeMissing: true).values.isEmpty)
    #expect(throws: DaemonFailure.self) { try ConfigurationFile.read("/no/such/file", mayBeMissing: false) }
    #expect(throws: DaemonFailure.self) { try ConfigurationFile.read("/tmp", mayBeMissing: false) }
    #expect(throws: DaemonFailure.self) { try ConfigurationFile.read("/dev/zero", mayBeMissing: true) }
  }
}
