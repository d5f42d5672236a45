import EventFeed
import Events
import Foundation
import Testing

/// The page in a real browser, and the API under a tool that knows nothing but its OpenAPI file.
@Suite(.enabled(if: Command.hasModel, "there is no model"), .timeLimit(.minutes(5))) struct ServePageTests {
  private static let python = ProcessInfo.processInfo.environment["DIGITD_TEST_PYTHON"] ?? "python3"
  private static let hasBrowser = Command.succeeds("command -v chromium && \(python) -c 'import playwright'")
  private static let hasSchemathesis = Command.succeeds("\(python) -c 'import schemathesis'")

  /// Serves beside a daemon that says what the test wants.
  private func serving(_ body: (FakeDaemon, String) async throws -> Void) async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let command = try RunningCommand(["serve", "--port", "0", "--socket", path])
      var lines = command.lines.makeAsyncIterator()
      let place = try #require(await lines.next())
      try await body(daemon, place)
      command.terminate()
      #expect(await command.status() == 0)
      await daemon.stop()
    }
  }

  @Test(.enabled(if: hasBrowser, "no Chromium, or no playwright: apt-get install chromium, pip install playwright"))
  func `the page works in a browser`() async throws {
    let support = Command.packageRoot.appending(path: "Tests")
    let pictures = ProcessInfo.processInfo.environment["DIGITD_TEST_PICTURES"]
    try await serving { daemon, place in
      let script = try RunningCommand(
        executable: "/usr/bin/env",
        [
          Self.python, support.appending(path: "Support/browser_check.py").path, place,
          support.appending(path: "Fixtures/digits.wav").path,
        ] + (pictures.map { [$0] } ?? []))
      for await line in script.lines where line == "ready" {
        let guess = Event.Guess(
          text: "seven", digit: 7, confidence: 0.98, probabilities: (0..<10).map { $0 == 7 ? 0.91 : 0.01 })
        let timing = Event.Timing(startMs: 100, endMs: 500, decidedMs: 560, computeMs: 1)
        await daemon.publishUntilWanted(FakeDaemon.tone(at: 100))
        for tenth in 2...20 { daemon.hub.publish(FakeDaemon.tone(at: 100 * tenth)) }
        daemon.hub.publish(.transcript(Event.Transcript(guess: guess, timing: timing)))
      }
      #expect(await script.status() == 0, "\(script.errorOutput)")
    }
  }

  /// The answer is that of the cut which was sent; files are opened one after the other, and leave nothing behind.
  @Test(
    .enabled(if: Command.succeeds("command -v node"), "no node: apt-get install nodejs"),
    arguments: ["cut", "files", "live", "microphone"])
  func `the page's own code, without a browser`(check: String) async throws {
    let root = Command.packageRoot
    let result = try await Command.run(
      executable: "/usr/bin/env",
      [
        "node", root.appending(path: "Tests/Support/page_\(check)_check.mjs").path,
        root.appending(path: "Sources/Web/Page").path,
      ])
    #expect(result.status == 0 && result.output == "done\n", "\(result.output)")
  }

  @Test(.enabled(if: hasSchemathesis, "no schemathesis: pip install schemathesis"))
  func `the API is as its description says`() async throws {
    try await serving { _, place in
      // That what fits the description is accepted cannot be asked: bytes are described, and few of them are sound. The
      // stream of events has no end that could be waited for.
      let result = try await Command.run(
        // It leaves a folder of its own behind where it runs.
        executable: "/bin/sh",
        [
          "-c", #"cd "$(mktemp -d)" && "$0" "$@"; status=$?; rm -rf "$PWD"; exit $status"#,
          Self.python, "-m", "schemathesis.cli", "run", place + "openapi.json", "--url", place, "--exclude-path",
          "/v1/events", "--checks", "all", "--exclude-checks", "positive_data_acceptance", "--max-examples", "50",
          "--seed", "1", "--no-color",
        ])
      #expect(result.status == 0, "\(result.output)")
      #expect(result.output.contains("Tested: 8"))
    }
  }
}
