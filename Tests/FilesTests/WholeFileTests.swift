import Files
import Glibc
import TestSupport
import Testing

@Suite struct WholeFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func problem(_ body: () throws -> Void) -> String? {
    do { try body() } catch { return (error as? FileError)?.problem }
    return nil
  }

  private func bytes(_ path: String) throws -> [UInt8] { try WholeFile.read(path, largest: 1 << 20) }

  @Test func `a file is replaced, and nothing else is left`() throws {
    let path = try folder.file("a", [1, 2, 3])
    chmod(path, 0o640)
    try WholeFile.write([4, 5], to: path)
    #expect(try bytes(path) == [4, 5])
    #expect(FileStatus(path)?.mode == 0o640)
    try WholeFile.write([6], to: folder.path("new"), mode: 0o600)
    #expect(FileStatus(folder.path("new"))?.mode == 0o600)
    #expect(folder.names() == ["a", "new"])
  }

  @Test func `the target of a link is written`() throws {
    let target = try folder.file("far/real", [1])
    let link = folder.path("link")
    #expect(symlink("far/real", link) == 0)
    try WholeFile.write([2, 3], to: link)
    #expect(FileStatus(link, followsLinks: false)?.kind == .link)
    #expect(try bytes(target) == [2, 3])
    #expect(symlink("nowhere", folder.path("dangling")) == 0)
    #expect(
      problem { try WholeFile.write([1], to: folder.path("dangling")) } == "is a link to something that is not there")
    #expect(FileStatus(folder.path("nowhere")) == nil)
  }

  @Test func `a private file is for its owner, and replaces nothing but a plain file`() throws {
    let path = try folder.file("a", [1])
    chmod(path, 0o644)
    try WholeFile.writePrivate([2, 3], to: path)
    #expect(try bytes(path) == [2, 3])
    #expect(FileStatus(path)?.mode == 0o600)
    #expect(symlink("a", folder.path("link")) == 0)
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    for name in ["link", "pipe"] {
      #expect(
        problem { try WholeFile.writePrivate([4], to: folder.path(name)) }
          == "cannot be written: there is something that is not a plain file")
    }
    #expect(try bytes(path) == [2, 3])
    #expect(folder.names() == ["a", "link", "pipe"])
  }

  @Test func `a pipe is written into and stays a pipe`() async throws {
    let path = folder.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    // A reader that is there: both ends are open, and a pipe holds so much.
    let reader = open(path, O_RDWR | O_NONBLOCK)
    defer { close(reader) }
    try WholeFile.tryOut(path)
    try WholeFile.write([7, 8, 9], to: path)
    var buffer = [UInt8](repeating: 0, count: 8)
    #expect(read(reader, &buffer, 8) == 3)
    #expect(buffer.prefix(3) == [7, 8, 9])
    #expect(FileStatus(path)?.kind == .pipe)
    #expect(folder.names() == ["pipe"])
  }

  @Test func `a device is written into and stays a device`() throws {
    let path = folder.path("null")
    // Only root may make one; /dev/null itself is never tried on.
    guard mknod(path, S_IFCHR | 0o666, 0x103) == 0 else { return }
    try WholeFile.tryOut(path)
    try WholeFile.write([1, 2, 3], to: path)
    #expect(FileStatus(path)?.kind == .character)
    #expect(folder.names() == ["null"])
    let full = folder.path("full")
    #expect(mknod(full, S_IFCHR | 0o666, 0x107) == 0)
    #expect(problem { try WholeFile.write([1], to: full) } == "cannot be written: No space left on device")
    #expect(FileStatus(full)?.kind == .character)
  }

  @Test func `an obstacle is named and stays`() throws {
    #expect(problem { try WholeFile.write([1], to: folder.path) } == "cannot be written: Is a directory")
    #expect(problem { try WholeFile.tryOut(folder.path) } == "cannot be written: Is a directory")
    #expect(
      problem { try WholeFile.write([1], to: folder.path("no/x")) } == "cannot be written: No such file or directory")
    let file = try folder.file("a", [1])
    #expect(problem { try WholeFile.write([1], to: file + "/x") } == "cannot be written: Not a directory")
    #expect(problem { try WholeFile.write([1], to: "/proc/version") } != nil)
    #expect(problem { try WholeFile.write([1], to: "") } == "has no name")
    #expect(folder.names() == ["a"])
  }

  @Test func `the longest names are written, and those that are not UTF-8`() throws {
    let long = folder.path(String(repeating: "x", count: 255))
    try WholeFile.write([1], to: long)
    #expect(try bytes(long) == [1])
    let latin = folder.path("M" + FileName.text([0xFC]))
    try WholeFile.write([2], to: latin)
    #expect(try bytes(latin) == [2])
    #expect(FileStatus.names(in: folder.path)?.contains("M" + FileName.text([0xFC])) == true)
  }
}
