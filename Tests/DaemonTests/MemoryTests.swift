import CMemory
import Glibc
import Testing

@Suite struct MemoryTests {
  @Test func whatOnlyTheStartNeededIsGivenBack() throws {
    // Given a program whose start has brought in much of its code and that of its libraries
    let before = try residentFilePages()
    // When that is given back
    cmemory_settle()
    // Then less of it is resident (that this test goes on shows that the rest comes back)
    #expect(try residentFilePages() < before * 3 / 4)
  }

  /// The third number of /proc/self/statm.
  private func residentFilePages() throws -> Int {
    var buffer = [UInt8](repeating: 0, count: 128)
    let descriptor = open("/proc/self/statm", O_RDONLY)
    defer { close(descriptor) }
    let count = read(descriptor, &buffer, buffer.count)
    let fields = String(decoding: buffer[..<max(0, count)], as: UTF8.self).split(separator: " ")
    return try #require(fields.dropFirst(2).first.flatMap { Int($0) })
  }
}
