import EventFeed
import Events
import Glibc
import NIOCore
import TestSupport
import Testing

/// A socket's file that goes while the server runs: whoever holds it hears nothing of that from the system.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ServerSocketsTests {
  private func withServer(_ body: (TestServer, _ witness: RawClient) async throws -> Void) async throws {
    var configuration = EventServer.Configuration.testing
    configuration.fileInterval = .milliseconds(1)
    try await TestServer.run(configuration) { test in try await body(test, try RawClient(test.path)) }
  }

  private func isFound(_ path: String) -> Bool { (try? RawClient(path)) != nil }

  @Test func `a deleted socket is made again, and connected clients stay`() async throws {
    try await withServer { test, witness in
      for round in 1...3 {
        #expect(unlink(test.path) == 0)
        try #require(await test.comesTrue(witness) { isFound(test.path) })
        let client = try RawClient(test.path)
        #expect(try await client.next()?.event.kind == .hello)
        try await client.synchronise()
        test.publish(overrun: round)
        let event = Event.overrun(Event.Overrun(lostMs: round))
        #expect(try await client.next()?.event == event)
        #expect(try await witness.next()?.event == event)
        client.leave()
      }
      try #require(await test.comesTrue(witness) { test.log.lines.count == 3 })
      #expect(Set(test.log.lines) == ["notice the socket file \(test.path) was gone: it has been made again"])
      var status = stat()
      #expect(stat(test.path, &status) == 0 && status.st_mode & 0o777 == 0o660)
      await test.server.shutdown()
      #expect(access(test.path, F_OK) != 0)
    }
  }

  @Test func `another program's socket is left alone`() async throws {
    try await withServer { test, witness in
      let other = try ListeningSocket.make(path: test.path + "2")
      #expect(rename(other.path, test.path) == 0)
      try #require(await test.comesTrue(witness) { !test.log.lines.isEmpty })
      #expect(
        test.log.lines == [
          "warning another program has replaced the socket file \(test.path): clients cannot find this daemon"
        ])
      // It is the other that answers: it does not accept, so nobody greets.
      let stranger = try RawClient(test.path)
      withExtendedLifetime(stranger) {}
      #expect(unlink(test.path) == 0)
      close(other.descriptor)
      try #require(await test.comesTrue(witness) { isFound(test.path) })
      #expect(try await RawClient(test.path).next()?.event.kind == .hello)
    }
  }

  @Test func `a socket whose folder goes is made again when the folder is back`() async throws {
    try await withServer { test, witness in
      let folder = String(test.path.dropLast(2))
      let aside = folder + ".aside"
      #expect(rename(folder, aside) == 0)
      try #require(await test.comesTrue(witness) { !test.log.lines.isEmpty })
      #expect(
        test.log.lines == [
          "warning the socket file is gone, and the socket \(test.path) cannot be made: there is no folder \(folder)"
        ])
      #expect(mkdir(folder, 0o700) == 0)
      try #require(await test.comesTrue(witness) { isFound(test.path) })
      unlink(aside + "/s")
      rmdir(aside)
    }
  }

  @Test func `a socket that is only touched stays`() async throws {
    try await withServer { test, witness in
      #expect(utimes(test.path, nil) == 0)
      // The next look finds it gone and says so: no earlier one has said anything.
      let other = test.path + "2"
      #expect(rename(test.path, other) == 0)
      try #require(await test.comesTrue(witness) { !test.log.lines.isEmpty })
      #expect(test.log.lines.count == 1 && test.log.lines.first?.hasPrefix("notice") == true)
      unlink(other)
    }
  }

  /// It is seen to every two seconds, for years.
  @Test func `looking takes no memory`() async throws {
    var configuration = EventServer.Configuration.testing
    configuration.fileInterval = .microseconds(10)
    try await TestServer.run(configuration) { test in
      let witness = try RawClient(test.path)
      for _ in 0..<2000 { try await witness.synchronise() }
      let before = try privateBytes()
      for _ in 0..<40_000 { try await witness.synchronise() }
      #expect(try privateBytes() - before < 512 * 1024)
    }
  }
}
