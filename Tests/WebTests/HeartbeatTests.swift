import Synchronization
import Testing
import Web

@Suite(.timeLimit(.minutes(1))) struct HeartbeatTests {
  private struct Broken: Error {}

  /// A browser that is no longer told anything must see its stream end: then it asks again.
  @Test func `an error of the source ends the stream`() async throws {
    let written = Mutex<[String]>([])
    await #expect(throws: Broken.self) {
      try await withHeartbeat(every: .seconds(3600)) { send in
        await send("one")
        await send("two")
        throw Broken()
      } beat: {
        "beat"
      } write: { item in
        written.withLock { $0.append(item) }
      }
    }
    #expect(written.withLock { $0 } == ["one", "two"])
  }

  @Test func `the end of the source ends the stream`() async throws {
    let written = Mutex<[String]>([])
    try await withHeartbeat(every: .seconds(3600)) { send in
      await send("one")
    } beat: {
      "beat"
    } write: { item in
      written.withLock { $0.append(item) }
    }
    #expect(written.withLock { $0 } == ["one"])
  }

  /// A reader that has gone ends the source.
  @Test func `an error of the reader ends the source`() async throws {
    await #expect(throws: Broken.self) {
      try await withHeartbeat(every: .seconds(3600)) { send in
        while !Task.isCancelled { await send("more") }
      } beat: {
        "beat"
      } write: { _ in
        throw Broken()
      }
    }
  }
}
