import Glibc

/// A new file beside another that it will replace. It never opens an existing file or link.
struct NewFile {
  /// The requested path, which errors name.
  private let name: String
  private let path: String
  private let folder: String
  private let descriptor: CInt

  /// - Parameters:
  ///   - target: the path that it will replace.
  ///   - mode: its permissions, subject to the umask.
  init(beside target: String, named name: String, mode: mode_t) throws(FileError) {
    self.name = name
    let slash = target.utf8.lastIndex(of: UInt8(ascii: "/"))
    folder = slash.map { String(target[...$0]) } ?? "./"
    // A short name, because the target's name may already have the maximum length.
    for _ in 0..<16 {
      let path = "\(folder).digitd-\(String(UInt64.random(in: .min ... .max), radix: 36)).new"
      let descriptor = FileName.withCString(path) {
        open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
      }
      if descriptor >= 0 {
        (self.path, self.descriptor) = (path, descriptor)
        return
      }
      guard errno == EEXIST else { break }
    }
    throw FileError(path: name, problem: "cannot be written: \(systemReason(errno))")
  }

  private func failed(_ code: CInt) -> FileError {
    FileError(path: name, problem: "cannot be written: \(systemReason(code))")
  }

  func change(mode: mode_t) throws(FileError) {
    guard fchmod(descriptor, mode) == 0 else { throw failed(errno) }
  }

  func write(_ bytes: [UInt8]) throws(FileError) {
    let code = WholeFile.writeAll(bytes, to: descriptor)
    guard code == 0 else { throw failed(code) }
  }

  /// Syncs it to the disk and renames it to `target`.
  func replace(_ target: String) throws(FileError) {
    guard fsync(descriptor) == 0 else { throw failed(errno) }
    let renamed = FileName.withCString(path) { path in FileName.withCString(target) { rename(path, $0) } }
    guard renamed == 0 else { throw failed(errno) }
    close(descriptor)
    // Syncs the folder too, so that the rename survives a power cut; some file systems do not support that.
    let directory = FileName.withCString(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  /// Deletes it.
  func discard() {
    close(descriptor)
    _ = FileName.withCString(path, unlink)
  }
}
