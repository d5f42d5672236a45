import EventFeed
import Events
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct SubscribeCommandTests {
  private func type(_ line: String?) -> String? {
    guard let line, let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] else {
      return nil
    }
    return object["type"] as? String
  }

  @Test func `it prints what the daemon says and connects again`() async throws {
    try await FakeDaemon.withPath { path in
      var daemon = try await FakeDaemon(path: path)
      let command = try RunningCommand(["subscribe", "--socket", path])
      var lines = command.lines.makeAsyncIterator()
      #expect(type(await lines.next()) == "hello")
      daemon.hub.publish(.overrun(Event.Overrun(lostMs: 5)))
      let overrun = try #require(await lines.next())
      #expect(overrun.hasPrefix(#"{"type": "overrun", "data": {"time": "#) && overrun.hasSuffix(#""lost_ms": 5}}"#))
      await daemon.stop()
      daemon = try await FakeDaemon(path: path, session: "b")
      let again = try #require(await lines.next())
      #expect(type(again) == "hello" && again.contains(#""session": "b""#))
      command.terminate()
      _ = await command.status()
      await daemon.stop()
    }
  }

  @Test func `only the events asked for are printed, in words if wanted`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let command = try RunningCommand([
        "subscribe", "--socket", path, "--events", "overrun,level,spectrum", "--format", "text",
      ])
      var lines = command.lines.makeAsyncIterator()
      await daemon.publishUntilWanted(FakeDaemon.level)
      daemon.hub.publish(FakeDaemon.tone(at: 300))
      daemon.hub.publish(.voiceStarted(Event.VoiceBoundary(timestamp: 1)))
      daemon.hub.publish(.overrun(Event.Overrun(lostMs: 5)))
      let level = try #require(await lines.next())
      #expect(level.hasSuffix("  -60.0 dBFS, peak -50.0, noise -62.0, threshold -50.0"))
      let spectrum = try #require(await lines.next())
      #expect(spectrum.hasSuffix("  ▁▁▁▁▁▁▁▆▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  -22 dBFS at 606 Hz"))
      let overrun = try #require(await lines.next())
      #expect(overrun.hasSuffix("  5 ms of sound were lost"))
      command.terminate()
      _ = await command.status()
      await daemon.stop()
    }
  }

  @Test func `it ends quietly when nobody reads`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let script = "'\(Command.products.path)/digitctl' subscribe --socket '\(path)' | head -1; echo ${PIPESTATUS[@]}"
      // Nothing more is ever published: only the pipe tells that nobody reads.
      let result = try await Command.run(executable: "/bin/bash", ["-c", script])
      #expect(result.lines.count == 2)
      #expect(type(result.lines.first) == "hello")
      #expect(result.lines.last == "0 0")
      await daemon.stop()
    }
  }

  @Test func `unknown events are wrong usage`() async throws {
    let result = try await Command.run(["subscribe", "--events", "transcript,nonsense"])
    #expect(result.status == 64)
    #expect(result.errors.contains("there is no event nonsense"))
  }
}

@Suite(.timeLimit(.minutes(2))) struct StatusCommandTests {
  @Test func `the daemon's answer is printed in its forms`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let text = try await Command.run(["status", "--socket", path])
      #expect(text.status == 0)
      #expect(text.lines.first == "state        listening to default")
      let json = try await Command.run(["status", "--json", "--socket", path])
      #expect(json.output.hasPrefix(#"{"type": "status", "data": {"time": "#))
      let prometheus = try await Command.run(["status", "--prometheus"], environment: ["DIGITD_SOCKET": path])
      #expect(prometheus.lines.contains("digitd_transcripts_total 7"))
      await daemon.stop()
    }
  }

  @Test func `a daemon that does not listen is a failure`() async throws {
    try await FakeDaemon.withPath { path in
      var status = FakeDaemon.status
      status.state = .busy
      let daemon = try await FakeDaemon(path: path, status: status)
      #expect(try await Command.run(["status", "--socket", path]).status == 1)
      await daemon.stop()
    }
  }

  @Test func `nothing takes the place of a standard output that is closed`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      let digitctl = Command.products.appending(path: "digitctl").path
      let result = try await Command.run(
        executable: "/bin/sh", ["-c", "exec \"$0\" status --socket \"$1\" >&-", digitctl, path])
      #expect(result.status == 1)
      #expect(result.errors == "Error: standard output cannot be written: Bad file descriptor\n")
      await daemon.stop()
    }
  }

  @Test func `without a daemon there is one sentence`() async throws {
    let result = try await Command.run(["status", "--socket", "/tmp/no-such-socket"])
    #expect(result.status == 1)
    #expect(result.errors == "Error: no program listens on the socket /tmp/no-such-socket: is digitd running?\n")
  }
}
