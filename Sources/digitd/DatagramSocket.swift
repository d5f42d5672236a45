import Glibc

/// A connection to a datagram socket of systemd's, opened once, because later there may be no free descriptor.
final class DatagramSocket: Sendable {
  /// How long to wait for a receiver that does not read.
  private static let patience = timeval(tv_sec: 1, tv_usec: 0)

  private let descriptor: Int32
  private let target: sockaddr_un
  private let length: socklen_t

  /// Nil if there is no such socket. A leading "@" means the abstract name space.
  init?(address: String) {
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    var path = Array(address.utf8)
    guard !path.isEmpty, path.count < MemoryLayout.size(ofValue: target.sun_path) else { return nil }
    if path[0] == UInt8(ascii: "@") { path[0] = 0 }
    withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path) }
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    self.target = target
    length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    var limit = Self.patience
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// - Parameter mayWait: false on the listening thread, which must not block.
  /// - Returns: whether it was sent.
  @discardableResult
  func send(_ message: String, mayWait: Bool) -> Bool {
    let flags = Int32(MSG_NOSIGNAL) | (mayWait ? 0 : Int32(MSG_DONTWAIT))
    var message = message
    return message.withUTF8 { bytes in
      withUnsafePointer(to: target) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          sendto(descriptor, bytes.baseAddress, bytes.count, flags, $0, length) == bytes.count
        }
      }
    }
  }
}
