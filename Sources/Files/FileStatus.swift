import Glibc

/// The kind, size, mode and group of a file.
package struct FileStatus: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case regular, folder, link, pipe, socket, character, block
  }

  package var kind: Kind
  package var size: Int
  /// Permissions, as `chmod` takes them.
  package var mode: UInt32
  package var group: UInt32

  /// Nil if it cannot be examined; `errno` says why.
  /// - Parameter followsLinks: whether the target of a link is examined, not the link.
  package init?(_ path: String, followsLinks: Bool = true) {
    var status = stat()
    let result = FileName.withCString(path) { followsLinks ? stat($0, &status) : lstat($0, &status) }
    guard result == 0 else { return nil }
    self.init(status)
  }

  package init?(descriptor: CInt) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .folder
      case S_IFLNK: .link
      case S_IFIFO: .pipe
      case S_IFSOCK: .socket
      case S_IFBLK: .block
      default: .character
      }
    size = Int(status.st_size)
    mode = status.st_mode & 0o7777
    group = status.st_gid
  }

  package static func isFolder(_ path: String) -> Bool { FileStatus(path)?.kind == .folder }

  /// The names in a folder except `.` and `..`, sorted by their bytes; nil if it cannot be read, and `errno` says why.
  package static func names(in folder: String) -> [String]? {
    guard let directory = FileName.withCString(folder, opendir) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { FileName.text($0.prefix { $0 != 0 }) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
