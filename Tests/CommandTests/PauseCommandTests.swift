import EventFeed
import Events
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct PauseCommandTests {
  @Test func `it pauses and resumes and says what came of it`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      func run(_ command: String) async throws -> Command.Result { try await Command.run([command, "--socket", path]) }
      let paused = try await run("pause")
      #expect(paused.status == 0 && paused.output.contains("paused"))
      #expect(try await EventClient(path: path).status().state == .paused)
      // What is so already is no failure.
      #expect(try await run("pause").status == 0)
      let resumed = try await run("resume")
      #expect(resumed.status == 0 && resumed.output == "listening to default\n")
      for state in [Event.Device.State.paused, .listening, .paused] {
        #expect(try await run("toggle").status == 0)
        #expect(try await EventClient(path: path).status().state == state)
      }
      // Whoever asks how it is gets another exit code than from one that listens.
      #expect(try await run("status").status == 1)
      await daemon.stop()
    }
  }

  @Test(arguments: ["pause", "resume", "toggle"]) func `without a daemon nothing is paused`(command: String)
    async throws
  {
    let result = try await Command.run([command, "--socket", "/tmp/no-such-socket"])
    #expect(result.status == 1 && result.errors.contains("/tmp/no-such-socket"))
  }
}
