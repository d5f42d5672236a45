import Files
import Glibc
import NIOPosix

/// Why a socket cannot be listened on or connected to: one sentence that names it.
public struct SocketError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Reason: Sendable, Equatable {
    case pathTooLong(limit: Int)
    case emptyPath
    case folderMissing(String)
    case notAFolder(String)
    /// Another process listens on it.
    case inUse
    /// The path names a file that is not a socket.
    case notASocket
    case denied(String)
    /// No process listens on it.
    case nobodyThere
    case inherited(String)
    case system(operation: String, code: Int32)
  }

  public var path: String
  public var reason: Reason

  public init(path: String, reason: Reason) {
    self.path = path
    self.reason = reason
  }

  public var description: String {
    switch reason {
    case .pathTooLong(let limit):
      "the socket path \(path) is \(path.utf8.count) bytes long, and the system takes at most \(limit)"
    case .emptyPath: "the socket path is empty"
    case .folderMissing(let folder): "the socket \(path) cannot be made: there is no folder \(folder)"
    case .notAFolder(let folder): "the socket \(path) cannot be made: \(folder) is not a folder"
    case .inUse: "the socket \(path) is in use: another daemon answers on it"
    case .notASocket: "there is a file \(path), and it is not a socket"
    case .denied(let what): "no permission for \(what)"
    case .nobodyThere: "no program listens on the socket \(path): is digitd running?"
    case .inherited(let problem): "the socket that was passed on (LISTEN_FDS) cannot be used: \(problem)"
    case .system(let operation, let code): "the socket \(path): \(operation) failed: \(systemReason(code))"
    }
  }
}

/// A listening socket: a Unix socket made at a path, or one inherited from systemd, which may also be a TCP port.
package struct ListeningSocket: Sendable {
  package let descriptor: Int32
  /// The address for clients: a path, or `ADDRESS:PORT`.
  package let path: String
  /// Identifies the file that was made here; nil when another process made it and will remove it.
  private let file: FileIdentity?

  private struct FileIdentity: Sendable, Equatable {
    var device: UInt64
    var inode: UInt64
    /// Modification time in ns, because inode numbers are soon reused. A change of owner does not alter it.
    var made: Int
  }

  /// Maximum number of connections waiting to be accepted; beyond it a non-blocking client is refused.
  static let backlog: Int32 = 1024

  /// The maximum length of a path in bytes, without the terminating zero.
  package static let longestPath = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Throws unless `path` fits into a socket address. The file need not exist.
  package static func checkPath(_ path: String) throws(SocketError) {
    guard !path.isEmpty else { throw SocketError(path: path, reason: .emptyPath) }
    guard path.utf8.count <= longestPath else {
      throw SocketError(path: path, reason: .pathTooLong(limit: longestPath))
    }
  }

  /// Makes a socket at `path` with mode 0660. A stale socket file, on which no process listens, is replaced; one in use
  /// is left alone. Clients cannot connect before the mode is set, because listening begins after that. From then on
  /// the kernel queues connections until they are accepted.
  package static func make(path: String) throws(SocketError) -> ListeningSocket {
    func failure(_ reason: SocketError.Reason) -> SocketError { SocketError(path: path, reason: reason) }
    var address = try socketAddress(path: path)
    try checkFolder(of: path)
    // If two daemons start at once, the second must find a socket in use, not one that is still being made.
    let lock = FolderLock(folder(of: path))
    defer { lock?.release() }
    try removeStale(path: path, address: &address)

    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure(.system(operation: "socket", code: errno)) }
    guard withSocketAddress(&address, { bind(descriptor, $0, $1) }) == 0 else {
      let code = errno
      close(descriptor)
      switch code {
      case EADDRINUSE: throw failure(.inUse)
      case EACCES, EPERM, EROFS: throw failure(.denied("making the socket \(path) in \(folder(of: path))"))
      default: throw failure(.system(operation: "bind", code: code))
      }
    }
    func giveUp(_ operation: String) -> SocketError {
      let code = errno
      unlink(path)
      close(descriptor)
      return failure(.system(operation: operation, code: code))
    }
    guard chmod(path, 0o660) == 0, let file = identity(of: path) else { throw giveUp("chmod") }
    guard listen(descriptor, backlog) == 0 else { throw giveUp("listen") }
    return ListeningSocket(descriptor: descriptor, path: path, file: file)
  }

  /// Runs `make` on a thread that may block, because another process may hold the folder's lock for up to a second.
  package static func makeAside(path: String) async throws -> ListeningSocket {
    try await NIOThreadPool.singleton.runIfActive { try make(path: path) }
  }

  /// The sockets inherited from systemd (`sd_listen_fds(3)`), in its order; empty if there are none for this process.
  package static func inherited(environment: [String: String]) throws(SocketError) -> [ListeningSocket] {
    guard environment["LISTEN_PID"].flatMap(Int32.init) == getpid(),
      let count = environment["LISTEN_FDS"].flatMap(Int32.init), count > 0
    else { return [] }
    var sockets: [ListeningSocket] = []
    for descriptor in 3..<(3 + min(count, 64)) { sockets.append(try inherited(descriptor: descriptor)) }
    return sockets
  }

  /// - Throws: if the descriptor is not a Unix or TCP socket.
  package static func inherited(descriptor: Int32) throws(SocketError) -> ListeningSocket {
    func failure(_ problem: String) -> SocketError { SocketError(path: "", reason: .inherited(problem)) }
    var kind: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &kind, &size) == 0 else {
      throw failure("descriptor \(descriptor) is not a socket")
    }
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let named = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
    }
    guard named == 0, kind == Int32(SOCK_STREAM.rawValue), let place = place(of: address) else {
      throw failure("descriptor \(descriptor) is neither a Unix nor a TCP socket")
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    return ListeningSocket(descriptor: descriptor, path: place, file: nil)
  }

  /// The path of a Unix socket, or the address and port of a TCP socket; nil for others.
  private static func place(of address: sockaddr_storage) -> String? {
    withUnsafeBytes(of: address) { bytes in
      func field<Value>(_ type: Value.Type) -> Value { bytes.loadUnaligned(as: type) }
      var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      func name(_ family: Int32, _ address: UnsafeRawPointer) -> String {
        guard inet_ntop(family, address, &text, socklen_t(text.count)) != nil else { return "?" }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      }
      switch Int32(address.ss_family) {
      case AF_UNIX:
        let path = field(sockaddr_un.self).sun_path
        return withUnsafeBytes(of: path) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      case AF_INET:
        var own = field(sockaddr_in.self)
        return "\(name(AF_INET, &own.sin_addr)):\(UInt16(bigEndian: own.sin_port))"
      case AF_INET6:
        var own = field(sockaddr_in6.self)
        return "[\(name(AF_INET6, &own.sin6_addr))]:\(UInt16(bigEndian: own.sin6_port))"
      default: return nil
      }
    }
  }

  /// Removes the socket file if it is still the one made here.
  package func removeFile() {
    guard let file, Self.identity(of: path) == file else { return }
    unlink(path)
  }

  /// What a socket's path names now.
  enum Presence {
    /// The file made here, or one that another process manages.
    case there
    case gone
    case another
  }

  var presence: Presence {
    guard let file else { return .there }
    // Compares the inode alone, because `touch` changes the time. If the number has been reused, the loss is noticed
    // when that file goes.
    if let found = Self.identity(of: path) {
      return found.device == file.device && found.inode == file.inode ? .there : .another
    }
    return errno == ENOENT || errno == ENOTDIR ? .gone : .there
  }

  // MARK: Steps

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func checkFolder(of path: String) throws(SocketError) {
    let folder = folder(of: path)
    var status = stat()
    guard stat(folder, &status) == 0 else {
      switch errno {
      case EACCES: throw SocketError(path: path, reason: .denied("looking into the folder \(folder)"))
      case ENOTDIR: throw SocketError(path: path, reason: .notAFolder(folder))
      default: throw SocketError(path: path, reason: .folderMissing(folder))
      }
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw SocketError(path: path, reason: .notAFolder(folder)) }
  }

  private static func removeStale(path: String, address: inout sockaddr_un) throws(SocketError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw SocketError(path: path, reason: .notASocket) }
    // Non-blocking: a socket with a full backlog is in use, and must not be waited for.
    let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let probe = socket(AF_UNIX, flags, 0)
    guard probe >= 0 else { throw SocketError(path: path, reason: .system(operation: "socket", code: errno)) }
    defer { close(probe) }
    let connected = withSocketAddress(&address) { connect(probe, $0, $1) }
    let code = errno
    if connected == 0 || code == EAGAIN || code == EINPROGRESS { throw SocketError(path: path, reason: .inUse) }
    switch code {
    case ECONNREFUSED:
      guard unlink(path) == 0 || errno == ENOENT else {
        throw SocketError(path: path, reason: .denied("replacing the stale socket \(path)"))
      }
    case ENOENT: break
    case EACCES, EPERM: throw SocketError(path: path, reason: .denied("the socket \(path), which is there already"))
    default: throw SocketError(path: path, reason: .system(operation: "connect", code: code))
    }
  }

  private static func identity(of path: String) -> FileIdentity? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    return FileIdentity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
      made: status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec)
  }
}

/// An exclusive lock on a folder (`flock(2)`), held by each daemon for less than a millisecond. After a second it goes
/// on without the lock, so that another user who holds it cannot keep the daemon from starting. It also does without
/// where the folder is writable but not readable, or the file system has no locks.
private struct FolderLock {
  private let descriptor: Int32

  init?(_ folder: String) {
    descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    for _ in 0..<100 {
      guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK || errno == EINTR else { return }
      usleep(10_000)
    }
  }

  func release() { close(descriptor) }
}

/// The socket address of `path`, if it fits.
func socketAddress(path: String) throws(SocketError) -> sockaddr_un {
  try ListeningSocket.checkPath(path)
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
  return address
}

private func withSocketAddress(_ address: inout sockaddr_un, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32)
  -> Int32
{
  withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
  }
}
