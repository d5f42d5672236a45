import Glibc
import TestSupport
import Testing

/// Wrong usage and missing things: one clear sentence that names them, and the right exit code.
@Suite struct UsageTests {
  @Test(arguments: [
    ["--no-such-flag"], ["--realtime"], ["--input", "a.wav", "--device", "default"], ["--socket", "s", "--no-socket"],
    ["--input", "a.wav", "--wait-for-device"], ["--input", "a.wav", "--start-paused"], ["--format", "xml"],
    ["--log-level", "loud"], ["--channel", "0"],
    ["--channel", "x"], ["surplus"], ["--config", "/no/such/file"],
  ])
  func `wrong usage has exit code 64`(arguments: [String]) async throws {
    let result = try await DaemonProcess.run(arguments)
    #expect(result.code == 64)
    #expect(result.output.isEmpty)
    #expect(!result.errors.isEmpty)
  }

  @Test(arguments: [
    ("DIGITD_FORMAT=xml", "line 2: DIGITD_FORMAT is \"xml\""),
    ("DIGITD_DEVCE=hw:0", "line 2: there is no setting DIGITD_DEVCE"),
    ("hello", "line 2: \"hello\" is not KEY=VALUE"),
    ("DIGITD_MODEL=\"x", "line 2: DIGITD_MODEL: the quotation mark \" in \"x is not closed"),
    ("DIGITD_WAIT_FOR_DEVICE=maybe", "line 2: DIGITD_WAIT_FOR_DEVICE is \"maybe\""),
  ])
  func `a bad line of the configuration is named`(line: String, sentence: String) async throws {
    let folder = try TemporaryFolder()
    let file = try folder.file("config", "# settings\n\(line)\n")
    let result = try await DaemonProcess.run(["--config", file])
    #expect(result.code == 64)
    #expect(result.errors.contains("\(file), \(sentence)"))
  }

  @Test func `a bad variable is named`() async throws {
    let result = try await DaemonProcess.run([], environment: ["DIGITD_LOG_LEVEL": "loud"])
    #expect(result.code == 64)
    #expect(result.errors.contains("DIGITD_LOG_LEVEL in the environment is \"loud\""))
  }

  @Test func `a device that does not exist has exit code 69`() async throws {
    let folder = try TemporaryFolder()
    let result = try await DaemonProcess.run(
      ["--device", "hw:CARD=NoSuchCard", "--no-socket", "--model", try folder.model()])
    #expect(result.code == 69)
    #expect(result.errors.contains("hw:CARD=NoSuchCard"))
    #expect(result.output.isEmpty)
  }

  @Test func `a missing or damaged model is named`() async throws {
    let folder = try TemporaryFolder()
    let sound = try folder.sound("a.wav", Sound.words(1))
    let good = try folder.model()
    let descriptor = open(good, O_RDONLY)
    var head = [UInt8](repeating: 0, count: 5000)
    #expect(read(descriptor, &head, head.count) == head.count)
    close(descriptor)
    let damaged = [
      try folder.file("truncated", head), try folder.file("noise", "not a model at all"), try folder.file("empty", ""),
      "/no/such/model", folder.path,
    ]
    for path in damaged {
      let result = try await DaemonProcess.run(["--input", sound, "--model", path])
      #expect(result.code == 1)
      #expect(result.errors.contains(path))
      #expect(result.errors.split(separator: "\n").count == 1)
      #expect(result.output.isEmpty)
    }
  }

  @Test func `a socket that cannot be made is named`() async throws {
    let folder = try TemporaryFolder()
    let (model, sound) = (try folder.model(), try folder.sound("a.wav", Sound.words(1)))
    let paths = [
      "\(folder.path)/\(String(repeating: "x", count: 120))", "\(folder.path)/missing/s", try folder.file("file", "x"),
    ]
    for path in paths {
      let result = try await DaemonProcess.run(["--input", sound, "--model", model, "--socket", path])
      #expect(result.code == 1)
      #expect(result.errors.contains(path))
    }
  }

  @Test func `a socket in use is left alone`() async throws {
    let folder = try TemporaryFolder()
    let (model, sound) = (try folder.model(), try folder.sound("a.wav", Sound.words(200)))
    let path = "\(folder.path)/s"
    let first = try DaemonProcess(["--input", sound, "--realtime", "--model", model, "--socket", path])
    try await first.waitUntilStarted()
    let second = try await DaemonProcess.run(["--input", sound, "--model", model, "--socket", path])
    #expect(second.code == 1)
    #expect(second.errors.contains("\(path) is in use"))
    #expect(access(path, F_OK) == 0)
    first.signal(SIGTERM)
    #expect(try await first.wait().code == 0)
    #expect(access(path, F_OK) != 0)
  }
}
