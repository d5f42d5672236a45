import Glibc

/// A file that is made beside another to take its place. Nobody else's file or link is ever opened for it.
struct NewFile {
  /// What errors name: the path that was asked for.
  private let name: String
  private let path: String
  private let folder: String
  private let descriptor: CInt

  /// - Parameters:
  ///   - target: the path that it is to take.
  ///   - mode: its permissions, less those that the process withholds.
  init(beside target: String, named name: String, mode: mode_t) throws(FileError) {
    self.name = name
    let slash = target.utf8.lastIndex(of: UInt8(ascii: "/"))
    folder = slash.map { String(target[...$0]) } ?? "./"
    // A name of its own length: that of the target may be the longest there can be.
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
    throw FileError(path: name, problem: "cannot be written: \(FileStatus.reason(errno))")
  }

  private func failed(_ code: CInt) -> FileError {
    FileError(path: name, problem: "cannot be written: \(FileStatus.reason(code))")
  }

  func change(mode: mode_t) throws(FileError) {
    guard fchmod(descriptor, mode) == 0 else { throw failed(errno) }
  }

  func write(_ bytes: [UInt8]) throws(FileError) {
    let code = WholeFile.writeAll(bytes, to: descriptor)
    guard code == 0 else { throw failed(code) }
  }

  /// Puts it, once it is on the disk, in the place of `target`.
  func replace(_ target: String) throws(FileError) {
    guard fsync(descriptor) == 0 else { throw failed(errno) }
    let renamed = FileName.withCString(path) { path in FileName.withCString(target) { rename(path, $0) } }
    guard renamed == 0 else { throw failed(errno) }
    close(descriptor)
    // The new name, too, is to outlast a power cut; some file systems know no such thing.
    let directory = FileName.withCString(folder) { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard directory >= 0 else { return }
    fsync(directory)
    close(directory)
  }

  /// Takes it away again.
  func discard() {
    close(descriptor)
    _ = FileName.withCString(path, unlink)
  }
}
