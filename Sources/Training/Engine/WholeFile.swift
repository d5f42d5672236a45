#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Files read and written in one piece.
enum WholeFile {
  /// No checkpoint is nearly as large; a device or a wrong path might be.
  private static let mostBytes = 1 << 30

  static func contents(of path: String) throws(TrainingEngineError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(path, "cannot be opened") }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(path, "cannot be examined") }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= mostBytes else {
      throw .checkpoint(path: path, problem: "is not a checkpoint")
    }
    let size = Int(status.st_size)
    var problem: TrainingEngineError?
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = 0
      while count < size {
        guard let base = buffer.baseAddress else { return }
        let got = read(file, base + count, size - count)
        if got < 0, errno == EINTR { continue }
        if got < 0 { problem = failure(path, "cannot be read") }
        if got <= 0 { return }
        count += got
      }
    }
    if let problem { throw problem }
    return bytes
  }

  /// Writes `bytes` to a neighbour of `path`, has them put on the disk, and gives the neighbour its name.
  static func replace(_ path: String, with bytes: [UInt8]) throws(TrainingEngineError) {
    let neighbour = path + ".new"
    let file = open(neighbour, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure(path, "cannot be written") }
    var written = 0
    var failed = false
    bytes.withUnsafeBytes { raw in
      while written < raw.count, let base = raw.baseAddress {
        let done = write(file, base + written, raw.count - written)
        if done < 0, errno == EINTR { continue }
        if done <= 0 {
          failed = true
          return
        }
        written += done
      }
    }
    if !failed { failed = fsync(file) != 0 }
    let problem = failed ? failure(path, "cannot be written") : nil
    let closed = close(file) == 0
    guard problem == nil, closed else {
      unlink(neighbour)
      throw problem ?? failure(path, "cannot be written")
    }
    guard rename(neighbour, path) == 0 else {
      let problem = failure(path, "cannot be put in its place")
      unlink(neighbour)
      throw problem
    }
  }

  private static func failure(_ path: String, _ problem: String) -> TrainingEngineError {
    .checkpoint(path: path, problem: "\(problem): \(String(cString: strerror(errno)))")
  }
}
