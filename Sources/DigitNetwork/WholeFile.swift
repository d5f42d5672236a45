import Glibc

/// Why a file could not be read or written: one sentence that names it.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  package let path: String
  /// As a predicate: "cannot be opened: Permission denied".
  package let problem: String
  package var description: String { "\(path) \(problem)" }

  package init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }
}

/// Whole files in and out.
package enum WholeFile {
  /// Reads a regular file of at most `largest` bytes.
  package static func read(_ path: String, largest: Int) throws(FileError) -> [UInt8] {
    func failed(_ what: String) -> FileError { FileError(path: path, problem: what) }

    // Not to hang on a named pipe that nobody writes to.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failed("cannot be opened: \(reason(errno))") }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw failed("cannot be read: \(reason(errno))") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw failed("is not a regular file") }
    let size = Int(status.st_size)
    guard size <= largest else { throw failed("has \(size) bytes, more than \(largest)") }

    var problem: FileError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: count), size - count)
        if got > 0 {
          count += got
        } else if got == 0 {
          problem = failed("became shorter while it was read")
          return
        } else if errno != EINTR {
          problem = failed("cannot be read: \(reason(errno))")
          return
        }
      }
    }
    if let problem { throw problem }
    return bytes
  }

  /// Tries whether `write` could put a file at `path`, and leaves nothing behind: for work whose result would have
  /// nowhere to go hours later.
  package static func tryOut(_ path: String) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
      throw FileError(path: path, problem: "is a folder")
    }
    let (temporary, descriptor) = try temporary(for: path)
    close(descriptor)
    unlink(temporary)
  }

  /// A new file beside `path`, by its name and open for writing.
  private static func temporary(for path: String) throws(FileError) -> (path: String, descriptor: CInt) {
    let temporary = "\(path).\(getpid()).new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw FileError(path: path, problem: "cannot be written: \(reason(errno))")
    }
    return (temporary, descriptor)
  }

  /// Writes `text` as UTF-8, as `write(_:to:)` writes bytes.
  package static func write(_ text: String, to path: String) throws(FileError) { try write(Array(text.utf8), to: path) }

  /// Writes `bytes` to a file beside `path`, has them on the disk, and puts it in the place of `path`.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    func failed(_ what: String) -> FileError { FileError(path: path, problem: what) }

    let (temporary, descriptor) = try temporary(for: path)
    var problem: FileError?
    bytes.withUnsafeBytes { raw in
      var written = 0
      while written < raw.count, problem == nil {
        let count = Glibc.write(descriptor, raw.baseAddress?.advanced(by: written), raw.count - written)
        if count >= 0 {
          written += count
        } else if errno != EINTR {
          problem = failed("cannot be written: \(reason(errno))")
        }
      }
    }
    if problem == nil, fsync(descriptor) != 0 { problem = failed("cannot be written: \(reason(errno))") }
    if close(descriptor) != 0, problem == nil { problem = failed("cannot be written: \(reason(errno))") }
    if problem == nil, rename(temporary, path) != 0 { problem = failed("cannot be written: \(reason(errno))") }
    if let problem {
      unlink(temporary)
      throw problem
    }
  }

  private static func reason(_ code: CInt) -> String {
    strerror(code).map { String(cString: $0) } ?? "error \(code)"
  }
}
