import Glibc

/// The kind of an output path. Only a plain file is ever replaced.
enum OutputPlace {
  /// A plain file, or none yet: a new one replaces it. Its path with links followed, and its permissions.
  case file(String, mode: mode_t?)
  /// A device or a pipe.
  case stream(String)

  init(_ path: String) throws(FileError) {
    func failed(_ what: String) -> FileError { FileError(path: path, problem: what) }
    guard !path.isEmpty else { throw FileError(path: "the output", problem: "has no name") }
    guard let status = FileStatus(path) else {
      switch errno {
      case ENOENT where FileStatus(path, followsLinks: false)?.kind == .link:
        throw failed("is a link to something that is not there")
      case ENOENT where !path.hasSuffix("/"): self = .file(path, mode: nil)
      case let code: throw failed("cannot be written: \(systemReason(code))")
      }
      return
    }
    switch status.kind {
    case .folder: throw failed("cannot be written: \(systemReason(EISDIR))")
    case .block: throw failed("is a block device: nothing is written over it")
    case .socket: throw failed("is a socket, not a file")
    case .pipe, .character: self = .stream(path)
    case .regular, .link: self = .file(try Self.target(of: path), mode: status.mode)
    }
  }

  /// The target of a link; the path itself if it is not a link.
  private static func target(of path: String) throws(FileError) -> String {
    guard FileStatus(path, followsLinks: false)?.kind == .link else { return path }
    guard let real = FileName.withCString(path, { realpath($0, nil) }) else {
      throw FileError(path: path, problem: "cannot be written: \(systemReason(errno))")
    }
    defer { free(real) }
    return FileName.text(cString: real)
  }
}
