import Glibc
import Synchronization
import TestSupport
import Testing
import digitd

/// Each would hang if it waited for a reader.
@Suite(.timeLimit(.minutes(1))) struct UnblockedOutputTests {
  private final class End: Sendable {
    let isReached = Atomic(false)
  }

  /// A descriptor that blocks, and its other end.
  private func ends(_ make: (inout [Int32]) -> Int32) throws -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    guard make(&ends) == 0 else { throw TestFailure(description: "no descriptors") }
    return (ends[0], ends[1])
  }

  /// Writes until there is no room for a line; gives how many there was room for.
  private func fill(_ output: UnblockedOutput) -> Int {
    let line = [UInt8](repeating: 65, count: Int(PIPE_BUF))
    var count = 0
    while output.write(line) { count += 1 }
    return count
  }

  @Test func `a full pipe takes no line and does not block`() throws {
    let (reader, writer) = try ends { pipe(&$0) }
    let output = UnblockedOutput(descriptor: writer)
    #expect(fill(output) > 0)
    #expect(!output.write([65], patience: 1))
    // The descriptor that others have still blocks.
    #expect(fcntl(writer, F_GETFL) & O_NONBLOCK == 0)
    close(reader)
    close(writer)
  }

  /// `poll` says that there is room as soon as a page is free, and another writer may take it before the line is written.
  @Test func `room that another writer has taken meanwhile does not block`() async throws {
    let (reader, writer) = try ends { pipe(&$0) }
    let line = [UInt8](repeating: 65, count: Int(PIPE_BUF))
    let writers = (0..<8).map { _ in UnblockedOutput(descriptor: writer) }
    let end = End()
    // Makes room a page at a time, and never enough for all.
    _ = fcntl(reader, F_SETFL, O_NONBLOCK)
    async let reading: Void = onThread {
      var page = [UInt8](repeating: 0, count: Int(PIPE_BUF))
      while !end.isReached.load(ordering: .relaxed) { _ = read(reader, &page, page.count) }
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for output in writers {
        group.addTask { try await onThread { for _ in 0..<2000 { _ = output.write(line) } } }
      }
      try await group.waitForAll()
    }
    end.isReached.store(true, ordering: .relaxed)
    try await reading
    close(reader)
    close(writer)
  }

  @Test func `a full socket takes no line and does not block`() throws {
    let (reader, writer) = try ends { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &$0) }
    let output = UnblockedOutput(descriptor: writer)
    #expect(fill(output) > 0)
    #expect(!output.write([65], patience: 1))
    close(reader)
    close(writer)
  }

  @Test func `a line is appended to a file`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/log"
    let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND, 0o600)
    #expect(UnblockedOutput(descriptor: descriptor).write(Array("one\n".utf8)))
    #expect(UnblockedOutput(descriptor: descriptor).write(Array("two\n".utf8)))
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    #expect(String(decoding: bytes[..<max(0, count)], as: UTF8.self) == "one\ntwo\n")
    close(descriptor)
  }

  @Test func `without a reader no write is tried again`() throws {
    signal(SIGPIPE, SIG_IGN)
    let (reader, writer) = try ends { pipe(&$0) }
    let output = UnblockedOutput(descriptor: writer)
    close(reader)
    #expect(output.write([65]))
    close(writer)
  }
}
