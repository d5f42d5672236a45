import EventFeed
import Glibc
import Testing

@Suite struct ListeningSocketTests {
  private func reason(_ path: String) -> SocketError.Reason? {
    do throws(SocketError) {
      let socket = try ListeningSocket.make(path: path)
      socket.removeFile()
      close(socket.descriptor)
      return nil
    } catch {
      #expect(error.description.contains(path))
      return error.reason
    }
  }

  @Test func aPathTooLongIsRefused() {
    let path = "/tmp/" + String(repeating: "x", count: 200)
    #expect(reason(path) == .pathTooLong(limit: 107))
    #expect(reason("") == .emptyPath)
  }

  @Test func theLongestPathWorks() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/" + String(repeating: "x", count: ListeningSocket.longestPath - folder.utf8.count - 1)
      #expect(reason(path) == nil)
    }
  }

  @Test func aFolderThatIsNotThereIsNamed() async throws {
    #expect(reason("/tmp/no-such-folder/s") == .folderMissing("/tmp/no-such-folder"))
    #expect(reason("/etc/hostname/s") == .notAFolder("/etc/hostname"))
  }

  @Test func aFileThatIsNoSocketIsLeftAlone() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/s"
      close(open(path, O_CREAT | O_WRONLY, 0o600))
      #expect(reason(path) == .notASocket)
      #expect(access(path, F_OK) == 0)
    }
  }

  @Test func aStaleSocketIsReplacedAndALiveOneIsNot() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/s"
      // Bound and closed, never taken away: as after kill -9.
      let stale = try ListeningSocket.make(path: path)
      close(stale.descriptor)
      let live = try ListeningSocket.make(path: path)
      listen(live.descriptor, 1)
      #expect(reason(path) == .inUse)
      // The first one's owner does not take away what is no longer its own.
      stale.removeFile()
      #expect(access(path, F_OK) == 0)
      live.removeFile()
      #expect(access(path, F_OK) != 0)
      close(live.descriptor)
    }
  }

  @Test func aLiveSocketWhoseBacklogIsFullIsInUse() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/s"
      let live = try ListeningSocket.make(path: path)
      listen(live.descriptor, 0)
      let waiting = try RawClient(path)
      #expect(reason(path) == .inUse)
      #expect(reason(path) == .inUse)
      withExtendedLifetime(waiting) {}
      live.removeFile()
      close(live.descriptor)
    }
  }

  @Test func nothingIsInheritedByMistake() throws {
    #expect(try ListeningSocket.inherited(environment: [:])?.path == nil)
    #expect(try ListeningSocket.inherited(environment: ["LISTEN_PID": "1", "LISTEN_FDS": "1"])?.path == nil)
    #expect(try ListeningSocket.inherited(environment: ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "0"])?.path == nil)
    #expect(try ListeningSocket.inherited(environment: ["LISTEN_PID": "x", "LISTEN_FDS": "y"])?.path == nil)
  }
}
