import Glibc

/// Reads and writes whole files.
package enum WholeFile {
  /// Reads a regular file of at most `largest` bytes.
  package static func read(_ path: String, largest: Int) throws(FileError) -> [UInt8] {
    func failed(_ what: String) -> FileError { FileError(path: path, problem: what) }

    // Does not block on a named pipe without a writer.
    let descriptor = FileName.withCString(path) { open($0, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    guard descriptor >= 0 else { throw failed("cannot be opened: \(systemReason(errno))") }
    defer { close(descriptor) }
    guard let status = FileStatus(descriptor: descriptor) else {
      throw failed("cannot be read: \(systemReason(errno))")
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
          problem = failed("cannot be read: \(systemReason(errno))")
          return
        }
      }
    }
    if let problem { throw problem }
    return bytes
  }

  /// Checks whether `write` could write to `path`, and leaves nothing behind: for long work whose result could otherwise
  /// not be written at its end.
  package static func tryOut(_ path: String) throws(FileError) {
    switch try OutputPlace(path) {
    case .stream(let stream):
      guard FileName.withCString(stream, { access($0, W_OK) }) == 0 else {
        throw FileError(path: path, problem: "cannot be written: \(systemReason(errno))")
      }
    case .file(let file, _):
      let new = try NewFile(beside: file, named: path, mode: 0o600)
      new.discard()
    }
  }

  /// Writes `text` as UTF-8, as `write(_:to:)` writes bytes.
  package static func write(_ text: String, to path: String) throws(FileError) { try write(Array(text.utf8), to: path) }

  /// Writes `bytes` to a new file beside `path`, syncs it to the disk, and renames it to `path`. A link at `path` stays:
  /// the file that it leads to is replaced. Into a device or a pipe the bytes are written directly.
  /// - Parameter mode: a new file's permissions, subject to the umask; an existing file keeps its own.
  package static func write(_ bytes: [UInt8], to path: String, mode: UInt32 = 0o644) throws(FileError) {
    switch try OutputPlace(path) {
    case .stream(let stream): try writeStream(bytes, to: stream, named: path)
    case .file(let file, let oldMode): try replace(file, named: path, with: bytes, mode: mode, oldMode: oldMode)
    }
  }

  /// Writes a file of the program's own, which only the owner may read: whole, or not at all. Unlike `write(_:to:)` it
  /// follows no link, and writes into no device or pipe.
  package static func writePrivate(_ bytes: [UInt8], to path: String) throws(FileError) {
    if let status = FileStatus(path, followsLinks: false), status.kind != .regular {
      throw FileError(path: path, problem: "cannot be written: there is something that is not a plain file")
    }
    try replace(path, named: path, with: bytes, mode: 0o600, oldMode: nil)
  }

  private static func replace(
    _ file: String, named path: String, with bytes: [UInt8], mode: mode_t, oldMode: mode_t?
  ) throws(FileError) {
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

  private static func writeStream(_ bytes: [UInt8], to stream: String, named path: String) throws(FileError) {
    func failed(_ code: CInt) -> FileError {
      FileError(path: path, problem: "cannot be written: \(systemReason(code))")
    }
    // Waits until a pipe has a reader, as a shell does.
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
