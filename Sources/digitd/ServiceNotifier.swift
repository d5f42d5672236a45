import Glibc

/// Reports the service's state to systemd (`sd_notify(3)`), directly to `$NOTIFY_SOCKET`. Without that it does nothing.
package struct ServiceNotifier: Sendable {
  /// The interval at which systemd expects a sign of life, in ms; nil if it expects none.
  let watchdogMilliseconds: Int?
  private let socket: DatagramSocket?

  package init(environment: [String: String]) {
    socket = environment["NOTIFY_SOCKET"].flatMap { DatagramSocket(address: $0) }
    let isForThisProcess = environment["WATCHDOG_PID"].map { Int32($0) == getpid() } ?? true
    let interval = environment["WATCHDOG_USEC"].flatMap(Int.init).flatMap { $0 > 0 ? $0 / 1000 : nil }
    watchdogMilliseconds = isForThisProcess ? interval : nil
  }

  func ready(status: String) { socket?.send("READY=1\nSTATUS=\(status)", mayWait: true) }
  func status(_ status: String) { socket?.send("STATUS=\(status)", mayWait: false) }
  func watchdog() { socket?.send("WATCHDOG=1", mayWait: false) }
  func stopping() { socket?.send("STOPPING=1\nSTATUS=ending", mayWait: true) }

  /// `Type=notify` reloads: the service is reloading between these two messages.
  func reloading() {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1000
    socket?.send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)", mayWait: true)
  }

  func reloaded() { socket?.send("READY=1", mayWait: true) }
}
