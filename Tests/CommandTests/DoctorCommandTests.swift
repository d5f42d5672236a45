import Events
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct DoctorCommandTests {
  private static let arabicModel = Command.packageRoot.appending(path: "Models/digits-ar.safetensors").path

  private struct Check: Decodable {
    var check: String
    var result: String
    var sentence: String
    var advice: String?
  }

  private func examine(_ arguments: [String]) async throws -> (status: Int32, checks: [Check]) {
    let result = try await Command.run(["doctor", "--json"] + arguments)
    let checks = try result.lines.map { try JSONDecoder().decode(Check.self, from: Data($0.utf8)) }
    return (result.status, checks)
  }

  @Test func `each check that fails comes with advice`() async throws {
    let (status, checks) = try await examine(["--model", "/no/model", "--socket", "/tmp/no-such-socket"])
    #expect(status == 1)
    let failed = checks.filter { $0.result == "failed" }
    #expect(failed.contains { $0.check == "model" && $0.sentence.contains("/no/model") })
    #expect(failed.contains { $0.check == "socket" && $0.sentence.contains("/tmp/no-such-socket") })
    #expect(checks.allSatisfy { ($0.result == "failed") == ($0.advice != nil) })
  }

  @Test(arguments: [
    (Event.Device.State.listening, "good"), (.paused, "note"), (.denied, "failed"), (.busy, "failed"),
    (.lost, "failed"),
  ]) func `the daemon's state is checked`(state: Event.Device.State, result: String) async throws {
    try await FakeDaemon.withPath { path in
      var status = FakeDaemon.status
      status.state = state
      status.noiseFloorDBFS = -60
      let daemon = try await FakeDaemon(path: path, status: status)
      let (_, checks) = try await examine(["--socket", path])
      #expect(checks.first { $0.check == "socket" }?.result == "good")
      #expect(checks.first { $0.check == "daemon" }?.result == result)
      #expect(!checks.contains { $0.check == "sound" })
      await daemon.stop()
    }
  }

  @Test(arguments: [
    (Event.Condition.Name.silent, "failed", "nothing but silence: is the microphone muted?"),
    (.clipping, "failed", "too loud"), (.hum, "failed", "a hum is louder"),
    (.cancellingChannels, "failed", "the channels cancel each other"),
    (.deadChannel, "note", "a channel gives nothing"), (.init(rawValue: "echo"), "note", "echo"),
  ]) func `what is wrong with the sound is told`(name: Event.Condition.Name, result: String, words: String) async throws
  {
    try await FakeDaemon.withPath { path in
      var status = FakeDaemon.status
      (status.state, status.noiseFloorDBFS, status.conditions) = (.listening, -60, [name])
      let daemon = try await FakeDaemon(path: path, status: status)
      let sound = try await examine(["--socket", path]).checks.filter { $0.check == "sound" }
      #expect(sound.map(\.result) == [result])
      #expect(sound.first?.sentence.hasPrefix(words) == true)
      await daemon.stop()
      // What held before a pause does not hold while the microphone is closed
      status.state = .paused
      let paused = try await FakeDaemon(path: path, status: status)
      #expect(try await !examine(["--socket", path]).checks.contains { $0.check == "sound" })
      await paused.stop()
    }
  }

  @Test(arguments: ["standard input", "/tmp/a.wav"])
  func `a daemon that hears a recording misses no microphone`(device: String) async throws {
    try await FakeDaemon.withPath { path in
      var status = FakeDaemon.status
      (status.state, status.noiseFloorDBFS, status.device) = (.listening, -60, device)
      let daemon = try await FakeDaemon(path: path, status: status)
      let (_, checks) = try await examine(["--socket", path])
      #expect(checks.first { $0.check == "device" }?.result == "note")
      #expect(
        checks.first { $0.check == "device" }?.sentence
          == "the running daemon listens to \(device), not to a microphone")
      #expect(!checks.contains { $0.check == "microphones" && $0.result == "failed" })
      await daemon.stop()
    }
  }

  @Test func `the microphone that the daemon is set to is checked`() async throws {
    let folder = try TemporaryFolder()
    let config = try folder.file("digitd", Array("# mine\nDIGITD_DEVICE=\"hw:CARD=Nobody\" # plugged in\n".utf8))
    let nowhere = ["--socket", "/tmp/no-such-socket"]
    func device(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Check? {
      let result = try await Command.run(
        ["doctor", "--json"] + nowhere + arguments, environment: ["DIGITD_DEVICE": ""].merging(environment) { $1 })
      let checks = try result.lines.map { try JSONDecoder().decode(Check.self, from: Data($0.utf8)) }
      return checks.first { $0.check == "device" }
    }
    let set = try #require(try await device(["--config", config]))
    #expect(set.result == "failed")
    #expect(set.sentence == "there is no microphone hw:CARD=Nobody (\(config), line 2)")
    let variable = try #require(try await device(["--config", config], ["DIGITD_DEVICE": "hw:CARD=Else"]))
    #expect(variable.sentence == "there is no microphone hw:CARD=Else (DIGITD_DEVICE in the environment)")
    let given = try #require(try await device(["--config", config, "--device", "hw:CARD=Mine"]))
    #expect(given.sentence == "there is no microphone hw:CARD=Mine (--device)")
    let wrong = try folder.file("wrong", Array("DIGITD_DEVICE='hw".utf8))
    #expect(try await device(["--config", wrong])?.result == "failed")
  }

  @Test(.enabled(if: Command.hasModel, "there is no model in Models/")) func `the model is tried out`() async throws {
    let (_, checks) = try await examine(["--model", Command.model, "--socket", "/tmp/no-such-socket"])
    #expect(checks.first { $0.check == "model" }?.result == "good")
    #expect(checks.first { $0.check == "recogniser" }?.result != "failed")
  }

  @Test(.enabled(if: FileManager.default.fileExists(atPath: arabicModel), "there is no Arabic model"))
  func `a model is tried on its own language`() async throws {
    let (_, checks) = try await examine(["--model", Self.arabicModel, "--socket", "/tmp/no-such-socket"])
    let sample = try #require(checks.first { $0.check == "sample" })
    if FileManager.default.fileExists(
      atPath: Command.packageRoot.appending(path: "Tests/Fixtures/digits-ar.wav").path)
    {
      #expect(sample.result == "good")
    } else {
      #expect(sample.result == "note")
      #expect(sample.sentence == "there is no recording in the model's language, ar, to try (digits-ar.wav)")
    }
  }

  /// Fails after a new model until the scores are made again: see Tests/Fixtures/make-recordings.sh.
  @Test(.enabled(if: Command.hasModel, "there is no model in Models/"))
  func `the shipped model computes the scores that lie beside the sample`() async throws {
    let (_, checks) = try await examine(["--model", "digits", "--socket", "/tmp/no-such-socket"])
    let scores = try #require(checks.first { $0.check == "scores" })
    #expect(scores.result == "good", "\(scores.sentence)")
  }
}

@Suite struct CalibrateCommandTests {
  private static let recording = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path

  @Test func `a recording is measured`() async throws {
    let result = try await Command.run(["calibrate", "--json", "--input", Self.recording])
    #expect(result.status == 0)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["voice"] as? Bool == true)
    #expect(object["silent"] as? Bool == false)
    #expect(object["hum"] is NSNull)
  }

  @Test func `a device that does not exist is named, with exit code 69`() async throws {
    let result = try await Command.run(["calibrate", "--device", "hw:CARD=NoSuchCard"])
    #expect(result.status == 69)
    #expect(result.errors == "digitctl: there is no microphone hw:CARD=NoSuchCard\n")
  }

  @Test(arguments: [
    ["--seconds", "0"], ["--seconds", "-3"], ["--seconds", "nan"], ["--device", "a", "--input", "b"],
    ["--channel", "0"], ["--channel", "-1"],
  ])
  func `wrong usage has a message and exit code 64`(arguments: [String]) async throws {
    #expect(try await Command.run(["calibrate"] + arguments).status == 64)
  }
}
