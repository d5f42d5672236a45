import Glibc

/// Tells systemd how the service is (`sd_notify(3)`), straight to `$NOTIFY_SOCKET`. Without one it says nothing.
package struct ServiceNotifier: Sendable {
  /// How often systemd wants to hear that the service lives, in ms; nil if it does not.
  package let watchdogMilliseconds: Int?
  private let socket: NotifySocket?

  package init(environment: [String: String]) {
    socket = environment["NOTIFY_SOCKET"].flatMap { NotifySocket(address: $0) }
    let isForThisProcess = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
    let interval = environment["WATCHDOG_USEC"].flatMap(Int.init).flatMap { $0 > 0 ? $0 / 1000 : nil }
    watchdogMilliseconds = isForThisProcess ? interval : nil
  }

  package func ready(status: String) { socket?.send("READY=1\nSTATUS=\(status)", .worthAWait) }
  package func status(_ status: String) { socket?.send("STATUS=\(status)", .orNot) }
  package func watchdog() { socket?.send("WATCHDOG=1", .orNot) }
  package func stopping() { socket?.send("STOPPING=1\nSTATUS=ending", .worthAWait) }

  /// `Type=notify` takes a reload as it comes: between these two the service is reloading.
  package func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1000
    socket?.send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)", .worthAWait)
  }

  package func reloaded() { socket?.send("READY=1", .worthAWait) }
}

/// The way to `$NOTIFY_SOCKET`, opened once: later there may be no descriptor left.
private final class NotifySocket: Sendable {
  /// Whether a receiver that does not read is worth a wait. A message that the listener sends is not: it would be deaf.
  enum Patience { case worthAWait, orNot }

  /// How long one that is waits at most.
  private static let patience = timeval(tv_sec: 1, tv_usec: 0)

  private let descriptor: Int32
  private let target: sockaddr_un
  private let length: socklen_t

  /// nil if there can be no such socket.
  init?(address: String) {
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    var path = Array(address.utf8)
    guard !path.isEmpty, path.count < MemoryLayout.size(ofValue: target.sun_path) else { return nil }
    // "@" stands for the abstract name space.
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

  func send(_ message: String, _ patience: Patience) {
    let flags: Int32 =
      switch patience {
      case .worthAWait: Int32(MSG_NOSIGNAL)
      case .orNot: Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
      }
    var message = message
    message.withUTF8 { bytes in
      _ = withUnsafePointer(to: target) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          sendto(descriptor, bytes.baseAddress, bytes.count, flags, $0, length)
        }
      }
    }
  }
}
