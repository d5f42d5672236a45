import CMemory
import Glibc
import Logging
import Testing

@Suite struct MemoryTests {
  @Test func `freed blocks are given back, code stays where it is`() throws {
    // Given many small blocks that were in use and are free, held by one that is still in use above them
    let blocks = (0..<60_000).compactMap { _ in malloc(1000) }
    for block in blocks { memset(block, 1, 1000) }
    let last = malloc(1000)
    let before = try pages()
    for block in blocks { free(block) }
    // When what is free is given back
    cmemory_settle()
    // Then much of 60 MB is no longer the process's own, and the pages of programs and libraries are as before
    let after = try pages()
    #expect(before.own - after.own > 10_000_000 / Int(getpagesize()))
    #expect(after.ofFiles >= before.ofFiles)
    free(last)
  }

  /// The second number of /proc/self/statm less the third, and the third.
  private func pages() throws -> (own: Int, ofFiles: Int) {
    var buffer = [UInt8](repeating: 0, count: 128)
    let descriptor = open("/proc/self/statm", O_RDONLY)
    defer { close(descriptor) }
    let count = read(descriptor, &buffer, buffer.count)
    let fields = String(decoding: buffer[..<max(0, count)], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
    try #require(fields.count > 2)
    return (fields[1] - fields[2], fields[2])
  }
}
