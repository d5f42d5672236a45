package import Glibc

/// Whole files in and out.
package enum WholeFile {
  /// Reads a regular file of at most `largest` bytes.
  package static func read(_ path: String, largest: Int) throws(FileError) -> [UInt8] {
    func failed(_ what: String) -> FileError { FileError(path: path, problem: what) }

    // Not to hang on a named pipe that nobody writes to.
    let descriptor = FileName.withCString(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw failed("cannot be opened: \(FileStatus.reason(errno))") }
    defer { close(descriptor) }
    guard let status = FileStatus(descriptor: descriptor) else {
      throw failed("cannot be read: \(FileStatus.reason(errno))")
    }
    guard status.kind == .regular else { throw failed("is not a regular file") }
    let size = status.size
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
          problem = failed("cannot be read: \(FileStatus.reason(errno))")
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
    switch try OutputPlace(path) {
    case .stream(let stream):
      guard FileName.withCString(stream, { access($0, W_OK) }) == 0 else {
        throw FileError(path: path, problem: "cannot be written: \(FileStatus.reason(errno))")
      }
    case .file(let file, _):
      let new = try NewFile(beside: file, named: path, mode: 0o600)
      new.discard()
    }
  }

  /// Writes `text` as UTF-8, as `write(_:to:)` writes bytes.
  package static func write(_ text: String, to path: String) throws(FileError) { try write(Array(text.utf8), to: path) }

  /// Writes `bytes` to a file beside `path`, has them on the disk, and puts it in the place of `path`: a plain file, or what
  /// a link leads to, so that the link stays. Into a device or a pipe they are written as they are.
  /// - Parameter mode: a new file's permissions, less those that the process withholds; an old one keeps its own.
  package static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(FileError) {
    switch try OutputPlace(path) {
    case .stream(let stream): try writeStream(bytes, to: stream, named: path)
    case .file(let file, let oldMode):
      let new = try NewFile(beside: file, named: path, mode: mode)
      do {
        if let oldMode { try new.change(mode: oldMode) }
        try new.write(bytes)
        try new.replace(file)
      } catch {
        new.discard()
        throw error
      }
    }
  }

  private static func writeStream(_ bytes: [UInt8], to stream: String, named path: String) throws(FileError) {
    func failed(_ code: CInt) -> FileError {
      FileError(path: path, problem: "cannot be written: \(FileStatus.reason(code))")
    }
    // A pipe is waited for until somebody reads it, as a shell does.
    let descriptor = FileName.withCString(stream) { open($0, O_WRONLY | O_CLOEXEC | O_NOCTTY) }
    guard descriptor >= 0 else { throw failed(errno) }
    let code = writeAll(bytes, to: descriptor)
    guard close(descriptor) == 0, code == 0 else { throw failed(code == 0 ? errno : code) }
  }

  /// - Returns: 0 or an error number.
  static func writeAll(_ bytes: [UInt8], to descriptor: CInt) -> CInt {
    bytes.withUnsafeBytes { raw in
      var written = 0
      while written < raw.count {
        let count = Glibc.write(descriptor, raw.baseAddress?.advanced(by: written), raw.count - written)
        if count >= 0 {
          written += count
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}
