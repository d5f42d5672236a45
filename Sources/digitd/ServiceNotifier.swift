import Glibc

/// Tells systemd how the service is (`sd_notify(3)`), straight to `$NOTIFY_SOCKET`. Without one it says nothing.
package struct ServiceNotifier: Sendable {
  /// How often systemd wants to hear that the service lives, in ms; nil if it does not.
  package let watchdogMilliseconds: Int?
  private let address: String?

  package init(environment: [String: String]) {
    address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
    let isForThisProcess = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
    let interval = environment["WATCHDOG_USEC"].flatMap(Int.init).flatMap { $0 > 0 ? $0 / 1000 : nil }
    watchdogMilliseconds = isForThisProcess ? interval : nil
  }

  package func ready(status: String) { send("READY=1\nSTATUS=\(status)") }
  package func status(_ status: String) { send("STATUS=\(status)") }
  package func watchdog() { send("WATCHDOG=1") }
  package func stopping() { send("STOPPING=1\nSTATUS=ending") }

  /// `Type=notify` takes a reload as it comes: between these two the service is reloading.
  package func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
  }

  package func reloaded() { send("READY=1") }

  private func send(_ message: String) {
    guard let address else { return }
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var target = sockaddr_un()
    target.sun_family = sa_family_t(AF_UNIX)
    var path = Array(address.utf8)
    guard path.count < MemoryLayout.size(ofValue: target.sun_path) else { return }
    // "@" stands for the abstract name space.
    if path.first == UInt8(ascii: "@") { path[0] = 0 }
    withUnsafeMutableBytes(of: &target.sun_path) { $0.copyBytes(from: path) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let bytes = Array(message.utf8)
    _ = withUnsafePointer(to: &target) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bytes.withUnsafeBytes {
          sendto(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length)
        }
      }
    }
  }
}
