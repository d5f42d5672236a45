import EventFeed
import Events
import Foundation
import Testing

/// The documents' examples, run as they stand there.
@Suite(.timeLimit(.minutes(2))) struct ReadmeTests {
  /// The first fenced example of a language that holds `words`.
  private static func example(
    _ language: String, with words: String, of page: String = "README.md"
  ) throws -> String {
    let text = try String(contentsOf: Command.packageRoot.appending(path: page), encoding: .utf8)
    let blocks = text.components(separatedBy: "```\(language)\n").dropFirst().compactMap {
      $0.components(separatedBy: "\n```").first
    }
    return try #require(blocks.first { $0.contains(words) }, "\(page) has no \(language) example with \(words)")
  }

  private static let isAlone = !FileManager.default.fileExists(atPath: SocketLocation.system)

  /// Runs an example beside a daemon that says "seven" to whoever connects, until the example has said something.
  private func firstLine(of arguments: [String], environment: [String: String] = [:]) async throws -> String? {
    let folder = "/tmp/rm-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let daemon = try await FakeDaemon(path: folder + "/digitd.sock")
    let path = "\(Command.products.path):\(ProcessInfo.processInfo.environment["PATH"] ?? "")"
    let command = try RunningCommand(
      executable: "/usr/bin/env", arguments,
      environment: ["XDG_RUNTIME_DIR": folder, "PATH": path, "PYTHONUNBUFFERED": "1"].merging(environment) { $1 })
    let saying = Task {
      let guess = Event.Guess(
        text: "seven", digit: 7, confidence: 0.98, probabilities: [Double](repeating: 0.1, count: 10))
      let timing = Event.Timing(startMs: 0, endMs: 400, decidedMs: 500, computeMs: 1)
      for await _ in daemon.greetings {
        daemon.hub.publish(.transcript(Event.Transcript(guess: guess, timing: timing)))
      }
    }
    var lines = command.lines.makeAsyncIterator()
    let line = await lines.next()
    saying.cancel()
    command.terminate()
    await daemon.stop()
    return line
  }

  @Test(.enabled(if: isAlone && Command.succeeds("command -v python3"), "no python3, or a daemon runs here"))
  func `the Python example prints what is said`() async throws {
    let program = try Self.example("python", with: "digitd.subscribe")
    let package = Command.packageRoot.appending(path: "Sources/Python").path
    #expect(
      try await firstLine(of: ["python3", "-c", program], environment: ["PYTHONPATH": package]) == "7 0.98")
  }

  @Test(.enabled(if: isAlone && Command.succeeds("command -v jq"), "no jq, or a daemon runs here"))
  func `the shell example prints what is said`() async throws {
    let script = try Self.example("sh", with: "while read")
    // The example goes on for ever, and a shell that is told to end leaves its pipeline behind: so the reader of the first
    // line ends all of them, which are a process group of their own.
    let ending = "{\n\(script)\n} | { head -n 1; kill -KILL 0; }"
    #expect(try await firstLine(of: ["bash", "-c", ending]) == "seven (0.98)")
  }

  @Test func `the Swift example is the one that is compiled here`() throws {
    let example = try Self.example("swift", with: "client.follow", of: "Sources/EventFeed/README.md")
    let compiled = try String(
      contentsOf: Command.packageRoot.appending(path: "Tests/CommandTests/ReadmeExample.swift"), encoding: .utf8)
    for line in example.split(separator: "\n") where !line.hasPrefix("import") && !line.hasPrefix("let client") {
      #expect(compiled.contains(line.trimmingCharacters(in: .whitespaces)), "\(line)")
    }
  }

  @Test(.enabled(if: isAlone, "a daemon runs here")) func `the Swift example receives what is said`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let (digits, sender) = AsyncStream.makeStream(of: Int.self)
      let following = Task { try await follow(EventClient(path: path)) { sender.yield($0) } }
      let guess = Event.Guess(text: "seven", digit: 7, confidence: 0.98, probabilities: [])
      let timing = Event.Timing(startMs: 0, endMs: 400, decidedMs: 500, computeMs: 1)
      let saying = Task {
        for await _ in daemon.greetings {
          daemon.hub.publish(.transcript(Event.Transcript(guess: guess, timing: timing)))
        }
      }
      for await digit in digits {
        #expect(digit == 7)
        break
      }
      saying.cancel()
      following.cancel()
      await daemon.stop()
    }
  }

  /// Many rooms and machines: what one daemon says reaches whoever listens at a broker.
  @Test(
    .enabled(
      if: isAlone && Command.succeeds("PATH=$PATH:/usr/sbin; command -v mosquitto && command -v mosquitto_pub"),
      "no MQTT broker: apt-get install mosquitto mosquitto-clients"))
  func `what is said reaches an MQTT broker`() async throws {
    let published = try Self.example("sh", with: "mosquitto_pub -l", of: "Sources/digitctl/MQTT/README.md")
    #expect(published.contains("digitctl subscribe --events transcript | mosquitto_pub -l -h broker -t digits/kitchen"))
    // The broker takes the first free port of a few.
    let script = """
      export PATH=$PATH:/usr/sbin
      folder=$(mktemp -d) && trap 'kill $(jobs -p) 2> /dev/null; rm -rf "$folder"' EXIT
      for port in $(shuf -i 20000-30000 -n 5); do
        mosquitto -v -p $port > "$folder/log" 2>&1 & broker=$!
        until grep -q running "$folder/log" || ! kill -0 $broker 2> /dev/null; do sleep 0.05; done
        kill -0 $broker 2> /dev/null && break
      done
      { mosquitto_sub -h localhost -p $port -t 'digits/+' -C 1 -F '%t %p'; echo end; } > "$folder/heard" &
      until grep -q 'Received SUBSCRIBE' "$folder/log"; do sleep 0.05; done
      digitctl subscribe --events transcript | mosquitto_pub -l -h localhost -p $port -t digits/kitchen &
      until grep -q end "$folder/heard"; do sleep 0.05; done
      head -n 1 "$folder/heard"
      """
    let line = try await firstLine(of: ["bash", "-c", script])
    #expect(line?.hasPrefix(#"digits/kitchen {"type": "transcript", "data": {"#) == true, "\(line ?? "nothing")")
  }
}
