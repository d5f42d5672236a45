import EventFeed
import Events
import JSON
import Foundation
import TestSupport
import Testing
import digitctl

/// `digitctl mqtt` between a daemon's socket and Debian's mosquitto.
@Suite(.enabled(if: Broker.isInstalled, "needs mosquitto"), .timeLimit(.minutes(2)), .serialized)
struct MQTTCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func seven(_ confidence: Double) -> Event {
    .transcript(
      Event.Transcript(
        guess: Event.Guess(text: "seven", digit: 7, confidence: confidence, probabilities: []),
        timing: Event.Timing(startMs: 0, endMs: 1, decidedMs: 2, computeMs: 3)))
  }

  private func bridge(_ broker: Broker, _ arguments: [String], socket: String) throws -> RunningCommand {
    try RunningCommand(
      ["mqtt", "--host", "127.0.0.1", "--port", "\(broker.port)", "--socket", socket] + arguments)
  }

  private func listener(_ broker: Broker) async throws -> BrokerListener {
    try await BrokerListener(BrokerSettings(host: "127.0.0.1", port: broker.port))
  }

  @Test func `digits go to the broker, and the last will tells of a sudden end`() async throws {
    let broker = try Broker(folder)
    try await broker.start()
    let listener = try await listener(broker)
    let daemon = try await FakeDaemon(path: folder.path("s"))
    let bridge = try bridge(broker, ["--topic", "digits/kitchen"], socket: daemon.path)
    // Home Assistant is told what there is before it is told that it is there.
    let config = try await listener.wait(for: "homeassistant/event/digits_kitchen/digit/config")
    try await listener.wait(for: "digits/kitchen/availability") { $0 == "online" }
    #expect(config.contains(#""state_topic": "digits/kitchen/digit""#))
    await daemon.publishUntilWanted(FakeDaemon.level)
    daemon.hub.publish(seven(0.75))
    let digit = try await listener.wait(for: "digits/kitchen/digit")
    #expect(digit.contains(#""digit": 7, "text": "seven", "confidence": 0.75"#))
    // Killed: the broker says it.
    kill(bridge.pid, SIGKILL)
    try await listener.wait(for: "digits/kitchen/availability") { $0 == "offline" }
    await daemon.stop()
    try await broker.kill()
  }

  @Test func `an orderly end publishes that it is gone`() async throws {
    let broker = try Broker(folder)
    try await broker.start()
    let listener = try await listener(broker)
    let daemon = try await FakeDaemon(path: folder.path("s"))
    let bridge = try bridge(broker, ["--topic", "digits/kitchen"], socket: daemon.path)
    try await listener.wait(for: "digits/kitchen/availability") { $0 == "online" }
    bridge.terminate()
    try await listener.wait(for: "digits/kitchen/availability") { $0 == "offline" }
    #expect(await bridge.status() == 0)
    await daemon.stop()
    try await broker.kill()
  }

  @Test func `the switch pauses the daemon`() async throws {
    let broker = try Broker(folder)
    try await broker.start()
    let listener = try await listener(broker)
    let daemon = try await FakeDaemon(path: folder.path("s"))
    let bridge = try bridge(broker, ["--topic", "digits/kitchen"], socket: daemon.path)
    try await listener.wait(for: "digits/kitchen/listening") { $0 == "ON" }
    listener.publish("digits/kitchen/listening/set", "OFF")
    try await listener.wait(for: "digits/kitchen/listening") { $0 == "OFF" }
    try await listener.wait(for: "digits/kitchen/problem") {
      $0.contains("\"problem\": \"OFF\", \"state\": \"paused\"")
    }
    #expect(try await EventClient(path: daemon.path).status().state == .paused)
    listener.publish("digits/kitchen/listening/set", "ON")
    try await listener.wait(for: "digits/kitchen/listening") { $0 == "ON" }
    bridge.terminate()
    #expect(await bridge.status() == 0)
    await daemon.stop()
    try await broker.kill()
  }

  @Test func `nothing is lost while the broker is away`() async throws {
    let broker = try Broker(folder)
    try await broker.start()
    let first = try await listener(broker)
    let daemon = try await FakeDaemon(path: folder.path("s"))
    let bridge = try bridge(broker, ["--topic", "digits/kitchen"], socket: daemon.path)
    try await first.wait(for: "digits/kitchen/availability") { $0 == "online" }
    await daemon.publishUntilWanted(FakeDaemon.level)
    try await broker.kill()
    // A hundred while nobody hears, told apart by their confidence. It may find the broker again only when somebody listens
    // there.
    kill(bridge.pid, SIGSTOP)
    for number in 0..<100 { daemon.hub.publish(seven(Double(number) / 1000)) }
    try await broker.start()
    let second = try await listener(broker)
    kill(bridge.pid, SIGCONT)
    for number in 0..<100 {
      let digit = try await second.wait(for: "digits/kitchen/digit")
      #expect(
        digit.contains("\"confidence\": \(JSONValue.rounded(Double(number) / 1000, 4).text)"), "\(number) \(digit)")
      #expect(digit.contains("\"age_ms\": "))
    }
    #expect(bridge.isRunning)
    bridge.terminate()
    #expect(await bridge.status() == 0)
    await daemon.stop()
    try await broker.kill()
  }

  @Test func `a broker and a daemon that are not there yet are waited for`() async throws {
    let broker = try Broker(folder)
    let bridge = try bridge(broker, ["--topic", "digits/hall", "--no-discovery"], socket: folder.path("s"))
    try await broker.start()
    let listener = try await listener(broker)
    // The daemon is away: that is told.
    try await listener.wait(for: "digits/hall/availability") { $0 == "offline" }
    let daemon = try await FakeDaemon(path: folder.path("s"))
    try await listener.wait(for: "digits/hall/availability") { $0 == "online" }
    bridge.terminate()
    #expect(await bridge.status() == 0)
    await daemon.stop()
    try await broker.kill()
  }

  @Test func `two rooms are two devices`() async throws {
    let broker = try Broker(folder)
    try await broker.start()
    let listener = try await listener(broker)
    var daemons: [FakeDaemon] = []
    var bridges: [RunningCommand] = []
    for room in ["kitchen", "hall"] {
      let daemon = try await FakeDaemon(path: folder.path(room))
      bridges.append(try bridge(broker, ["--topic", "digits/\(room)"], socket: daemon.path))
      try await listener.wait(for: "homeassistant/event/digits_\(room)/digit/config")
      try await listener.wait(for: "digits/\(room)/availability") { $0 == "online" }
      await daemon.publishUntilWanted(FakeDaemon.level)
      daemons.append(daemon)
    }
    daemons[0].hub.publish(seven(0.5))
    try await listener.wait(for: "digits/kitchen/digit") { $0.contains("\"confidence\": 0.5") }
    daemons[1].hub.publish(seven(0.25))
    try await listener.wait(for: "digits/hall/digit") { $0.contains("\"confidence\": 0.25") }
    // Who comes late hears from the broker who there is.
    let late = try await self.listener(broker)
    for room in ["kitchen", "hall"] {
      #expect(late.kept.contains(.init(topic: "digits/\(room)/availability", payload: "online")))
      #expect(late.kept.contains { $0.topic == "homeassistant/event/digits_\(room)/digit/config" })
      #expect(!late.kept.contains { $0.topic == "digits/\(room)/digit" })
    }
    for bridge in bridges { bridge.terminate() }
    for daemon in daemons { await daemon.stop() }
    try await broker.kill()
  }

  /// What the broker asks about names and passwords may start later than it.
  @Test func `a broker that refuses is told of and tried again`() async throws {
    _ = try folder.file("passwords", [])
    let broker = try Broker(folder, configuration: "allow_anonymous false\npassword_file FOLDER/passwords")
    try await broker.start()
    let right = try folder.file("right", Array("right\nsecond line\n".utf8))
    let daemon = try await FakeDaemon(path: folder.path("s"))
    let nameless = try self.bridge(broker, [], socket: daemon.path)
    try await wait(for: "wants a user and a password; trying again", from: nameless)
    nameless.terminate()
    #expect(await nameless.status() == 0)
    let bridge = try bridge(
      broker, ["--topic", "a", "--user", "kitchen", "--password-file", right], socket: daemon.path)
    try await wait(for: "refuses the user kitchen: wrong name or password; trying again", from: bridge)
    try await broker.kill()
    try await run("mosquitto_passwd", "-b", folder.path("passwords"), "kitchen", "right")
    try await broker.start()
    let listener = try await BrokerListener(
      BrokerSettings(host: "127.0.0.1", port: broker.port, login: .init(user: "kitchen", password: "right")))
    try await listener.wait(for: "a/availability") { $0 == "online" }
    bridge.terminate()
    #expect(await bridge.status() == 0)
    await daemon.stop()
    try await broker.kill()
  }

  @Test(.enabled(if: Command.succeeds("which openssl"), "needs openssl"))
  func `the right broker is known by its certificate`() async throws {
    for name in ["right", "wrong"] {
      try await run(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=\(name)", "-addext",
        "subjectAltName=IP:127.0.0.1", "-keyout", folder.path("\(name).key"), "-out", folder.path("\(name).pem"))
    }
    let broker = try Broker(
      folder, configuration: "allow_anonymous true\ncertfile FOLDER/right.pem\nkeyfile FOLDER/right.key")
    try await broker.start()
    let daemon = try await FakeDaemon(path: folder.path("s"))
    let wrong = try bridge(broker, ["--tls", "--ca-file", folder.path("wrong.pem")], socket: daemon.path)
    #expect(await wrong.status() == 1)
    #expect(wrong.errorOutput.contains("its certificate is from no trusted authority"))
    // Its certificate is for the number, not for the name.
    let named = try RunningCommand([
      "mqtt", "--host", "localhost", "--port", "\(broker.port)", "--socket", daemon.path, "--tls", "--ca-file",
      folder.path("right.pem"),
    ])
    #expect(await named.status() == 1)
    #expect(named.errorOutput.contains("its certificate is for another name than localhost"))
    let right = try bridge(
      broker, ["--topic", "a", "--tls", "--ca-file", folder.path("right.pem")], socket: daemon.path)
    let listener = try await BrokerListener(
      BrokerSettings(host: "127.0.0.1", port: broker.port, tls: .init(authorities: folder.path("right.pem"))))
    try await listener.wait(for: "a/availability") { $0 == "online" }
    right.terminate()
    #expect(await right.status() == 0)
    await daemon.stop()
    try await broker.kill()
  }

  @Test(arguments: [
    [], ["--host", "a", "--port", "0"], ["--host", "a", "--topic", "a/#"], ["--host", "a", "--password-file", "b"],
    ["--host", "a", "--ca-file", "b"], ["--host", "a", "--tls", "--key", "b"], ["--host", "a", "--discovery", "/"],
  ])
  func `wrong usage has exit code 64`(arguments: [String]) async throws {
    #expect(try await Command.run(["mqtt"] + arguments).status == 64)
  }

  @Test(arguments: [
    (["--user", "a", "--password-file", "/no/file"], "the password file /no/file cannot be read"),
    (["--tls", "--ca-file", "/no/file"], "/no/file cannot be read: No such file or directory"),
  ])
  func `a file that cannot be read is named`(arguments: [String], sentence: String) async throws {
    let result = try await Command.run(["mqtt", "--host", "127.0.0.1"] + arguments)
    #expect(result.status == 1 && result.errors == "digitctl: \(sentence)\n")
  }

  /// Waits until it has said so on standard error.
  private func wait(for sentence: String, from bridge: RunningCommand) async throws {
    try await onThread {
      var said = ""
      while !said.contains(sentence) {
        let more = bridge.errorOutput
        guard !more.isEmpty else { throw TestFailure(description: "it has only said: \(said)") }
        said += more
      }
    }
  }

  private func run(_ program: String, _ arguments: String...) async throws {
    let result = try await Command.run(executable: "/usr/bin/env", [program] + arguments)
    guard result.status == 0 else { throw TestFailure(description: "\(program): \(result.errors)") }
  }
}
