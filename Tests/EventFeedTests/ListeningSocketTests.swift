import EventFeed
import Glibc
import Synchronization
import TestSupport
import Testing

@Suite struct ListeningSocketTests {
  private final class Counter: Sendable {
    let value = Atomic(0)
  }

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

  @Test func `a path too long is refused`() {
    let path = "/tmp/" + String(repeating: "x", count: 200)
    #expect(reason(path) == .pathTooLong(limit: 107))
    #expect(reason("") == .emptyPath)
  }

  @Test func `the longest path works`() async throws {
    try await withTemporaryFolder { folder in
      let path = folder + "/" + String(repeating: "x", count: ListeningSocket.longestPath - folder.utf8.count - 1)
      #expect(reason(path) == nil)
    }
  }

  @Test func `a folder that is not there is named`() async throws {
    #expect(reason("/tmp/no-such-folder/s") == .folderMissing("/tmp/no-such-folder"))
    #expect(reason("/etc/hostname/s") == .notAFolder("/etc/hostname"))
  }

  @Test func `a file that is not a socket is left alone`() async throws {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/s"
      close(open(path, O_CREAT | O_WRONLY, 0o600))
      #expect(reason(path) == .notASocket)
      #expect(access(path, F_OK) == 0)
    }
  }

  @Test func `a stale socket is replaced and a live one is not`() async throws {
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

  @Test(arguments: [false, true]) func `of many daemons that start at once one has the socket`(isStaleOneThere: Bool)
    async throws
  {
    try await withTemporaryFolder { folder in
      let path = "\(folder)/s"
      for _ in 0..<20 {
        if isStaleOneThere { close(try ListeningSocket.make(path: path).descriptor) }
        let sockets = try await withThrowingTaskGroup(of: ListeningSocket?.self) { group in
          for _ in 0..<8 {
            group.addTask {
              try await onThread { () -> ListeningSocket? in
                do throws(SocketError) { return try ListeningSocket.make(path: path) } catch {
                  #expect(error.reason == .inUse)
                  return nil
                }
              }
            }
          }
          return try await group.reduce(into: []) { $0 += [$1].compactMap { $0 } }
        }
        #expect(sockets.count == 1)
        // It can be reached.
        #expect(reason(path) == .inUse)
        for socket in sockets {
          socket.removeFile()
          close(socket.descriptor)
        }
      }
    }
  }

  /// More than there are threads for tasks wait for a lock that a task gives back.
  @Test func `waiting for the folder's lock holds up no task`() async throws {
    try await withTemporaryFolder { folder in
      let lock = open(folder, O_RDONLY | O_DIRECTORY)
      try #require(flock(lock, LOCK_EX) == 0)
      let made = Counter()
      let madeBefore = try await withThrowingTaskGroup(of: Int?.self) { group in
        for index in 0..<4 * sysconf(Int32(_SC_NPROCESSORS_ONLN)) {
          group.addTask {
            let socket = try await ListeningSocket.makeAside(path: "\(folder)/\(index)")
            made.value.add(1, ordering: .relaxed)
            socket.removeFile()
            close(socket.descriptor)
            return nil
          }
        }
        group.addTask {
          close(lock)
          return made.value.load(ordering: .relaxed)
        }
        return try await group.reduce(0) { $0 + ($1 ?? 0) }
      }
      #expect(madeBefore == 0)
    }
  }

  @Test func `a live socket whose backlog is full is in use`() async throws {
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

  @Test func `a TCP port that is passed on is taken and a datagram socket is not`() throws {
    let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(tcp, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(bound == 0)
    #expect(try ListeningSocket.inherited(descriptor: tcp).path.wholeMatch(of: /127\.0\.0\.1:[1-9][0-9]*/) != nil)
    close(tcp)
    let datagram = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    #expect(throws: SocketError.self) { try ListeningSocket.inherited(descriptor: datagram) }
    close(datagram)
  }

  /// Who is not in the group can't see the system's socket, and is to hear of the group, not that nobody listens elsewhere.
  @Test(
    arguments: [
      (0, SocketLocation.system), (EACCES, SocketLocation.system), (ENOENT, "/run/user/1/digitd.sock"),
    ] as [(Int32, String)])
  func `a client looks where the daemon is`(code: Int32, expected: String) {
    let environment = ["XDG_RUNTIME_DIR": "/run/user/1"]
    #expect(SocketLocation.forClient(environment: environment) { _ in code } == expected)
    #expect(SocketLocation.forClient(environment: [:]) { _ in code } == SocketLocation.system)
    #expect(SocketLocation.forClient(environment: ["DIGITD_SOCKET": "/s"]) { _ in code } == "/s")
  }

  @Test func `root makes the system's folder, and nobody else does`() async throws {
    try await withTemporaryFolder { folder in
      let system = "\(folder)/digitd"
      func location(isRoot: Bool, _ environment: [String: String] = [:]) -> String? {
        SocketLocation.forServer(environment: environment, folder: system, isRoot: isRoot)
      }
      #expect(location(isRoot: false) == nil)
      #expect(location(isRoot: false, ["XDG_RUNTIME_DIR": "/run/user/1"]) == "/run/user/1/digitd.sock")
      #expect(access(system, F_OK) != 0)
      #expect(location(isRoot: true) == "\(system)/digitd.sock")
      var status = stat()
      #expect(stat(system, &status) == 0 && status.st_mode & 0o7777 == 0o755)
      // One that is there stays as it is.
      chmod(system, 0o700)
      #expect(location(isRoot: true) == "\(system)/digitd.sock")
      #expect(stat(system, &status) == 0 && status.st_mode & 0o7777 == 0o700)
    }
  }

  @Test func `nothing is inherited by mistake`() throws {
    #expect(try ListeningSocket.inherited(environment: [:]).isEmpty)
    #expect(try ListeningSocket.inherited(environment: ["LISTEN_PID": "1", "LISTEN_FDS": "1"]).isEmpty)
    #expect(try ListeningSocket.inherited(environment: ["LISTEN_PID": "\(getpid())", "LISTEN_FDS": "0"]).isEmpty)
    #expect(try ListeningSocket.inherited(environment: ["LISTEN_PID": "x", "LISTEN_FDS": "y"]).isEmpty)
  }
}
