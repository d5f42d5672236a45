import EventFeed
import Events
import Testing
import digitctl

@Suite(.timeLimit(.minutes(1))) struct DaemonLevelTests {
  private static func level(_ rms: Double, peak: Double) -> Event {
    .level(Event.Level(rmsDBFS: rms, peakDBFS: peak, noiseFloorDBFS: -70, thresholdDBFS: -60, speech: false))
  }

  @Test func `the level is that of a second of the daemon's events`() async throws {
    try await FakeDaemon.withPath { path in
      let daemon = try await FakeDaemon(path: path)
      async let measured = DaemonLevel.measure(EventClient(path: path))
      await daemon.publishUntilWanted(Self.level(-40, peak: -30))
      // Nine of −40 dBFS and one of −20: their power counts
      for index in 1..<10 { daemon.hub.publish(index == 5 ? Self.level(-20, peak: -8) : Self.level(-40, peak: -30)) }
      let heard = try #require(await measured)
      #expect(heard.device == "default")
      guard case .heard(let rms, let peak) = heard.level else {
        Issue.record("\(heard.level)")
        return
      }
      #expect(abs(rms - -29.63) < 0.01 && peak == -8)
      // Which microphone that is: by its name, or by who has it open if only one daemon can be meant
      let (one, other) = ("digitd (process 7)", "digitd (process 8)")
      #expect(heard.isOf("default", holders: [], all: []))
      #expect(heard.isOf("plughw:CARD=X,DEV=0", holders: [one], all: [one, "arecord (process 9)", one]))
      #expect(!heard.isOf("plughw:CARD=X,DEV=0", holders: [one], all: [one, other]))
      #expect(!heard.isOf("plughw:CARD=X,DEV=0", holders: ["arecord (process 9)"], all: [one, "arecord (process 9)"]))
      await daemon.stop()
    }
  }

  @Test func `without a daemon, or with one that is paused, there is none`() async throws {
    try await FakeDaemon.withPath { path in
      #expect(await DaemonLevel.measure(EventClient(path: path)) == nil)
      let daemon = try await FakeDaemon(path: path)
      _ = try await EventClient(path: path).pause(true)
      #expect(await DaemonLevel.measure(EventClient(path: path)) == nil)
      await daemon.stop()
    }
  }
}
