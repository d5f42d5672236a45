import Files
import Glibc

/// A folder of its own with a short path, as a socket's must be; gone with the value, and all that is in it.
package final class TemporaryFolder: Sendable {
  package let path: String

  package init() throws {
    var template = Array("/tmp/digitd-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw Failure(code: errno) }
    path = String(cString: made)
  }

  deinit { remove() }

  /// Takes it away now: for what is static, and so never deinitialised, and in a `defer`, which keeps the folder for who has
  /// only its path in hand.
  package func remove() { Self.remove(path) }

  /// A system call's `errno`.
  private struct Failure: Error { var code: Int32 }

  /// The path of `name` in it.
  package func path(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes a file, and makes the folders on the way to it.
  package func file(_ name: String, _ bytes: [UInt8]) throws -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      _ = FileName.withCString(folder) { mkdir($0, 0o755) }
    }
    let full = path(name)
    guard let stream = FileName.withCString(full, { fopen($0, "w") }) else { throw Failure(code: errno) }
    let written = fwrite(bytes, 1, bytes.count, stream)
    guard fclose(stream) == 0, written == bytes.count else { throw Failure(code: errno) }
    return full
  }

  /// What is in it, sorted, as `FileName` has it.
  package func names() -> [String] { FileStatus.names(in: path) ?? [] }

  private static func remove(_ path: String) {
    // What can be unlinked is no folder: a link to one is not followed.
    if FileName.withCString(path, unlink) == 0 { return }
    for name in FileStatus.names(in: path) ?? [] { remove("\(path)/\(name)") }
    _ = FileName.withCString(path, rmdir)
  }
}
