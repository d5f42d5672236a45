import CALSA
import Glibc

/// Tells when it is worth trying to open a device again: a node appeared in /dev/snd or changed its permissions, somebody
/// closed a capture node, or a sound server's socket appeared. So a device that comes back is heard at once, and a pause
/// can be long.
final class DeviceWatch {
  private let descriptor: CInt

  /// Without inotify there is nothing to tell, and the pauses alone decide.
  init() {
    descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
    guard descriptor >= 0 else { return }
    let born = UInt32(IN_CREATE | IN_ATTRIB | IN_MOVED_TO)
    watch("/dev", born)
    watchSoundNodes()
    if let runtime = getenv("XDG_RUNTIME_DIR").map({ String(cString: $0) }) {
      watch(runtime, born)
      watch(runtime + "/pulse", born)
    }
    if let server = getenv("PULSE_SERVER").map({ String(cString: $0) }), server.hasPrefix("unix:") {
      watch(String(server.dropFirst(5).prefix { $0 != " " }.reversed().drop { $0 != "/" }.reversed()), born)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Waits for the time, a change, or `stop` to become readable. What happened before, our own attempt to open the
  /// device included, does not count.
  func pause(milliseconds: Int, stop: CInt) -> DevicePause {
    // The folder may be new.
    watchSoundNodes()
    _ = drain()
    let end = Self.milliseconds() + Int64(milliseconds)
    while true {
      let left = max(0, end - Self.milliseconds())
      var descriptors = (
        pollfd(fd: stop, events: Int16(POLLIN), revents: 0), pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      )
      let result = withUnsafeMutablePointer(to: &descriptors) { tuple in
        tuple.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, CInt(clamping: left)) }
      }
      if descriptors.0.revents != 0 { return .stopped }
      if result == 0 || (result < 0 && errno != EINTR) { return .over }
      if descriptors.1.revents != 0, drain() { return .deviceChange }
    }
  }

  private func watchSoundNodes() {
    watch("/dev/snd", UInt32(IN_CREATE | IN_ATTRIB | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE))
  }

  private func watch(_ path: String, _ mask: UInt32) {
    if descriptor >= 0 { inotify_add_watch(descriptor, path, mask) }
  }

  /// Takes all that happened; true if something of it matters. That a control node was closed does not: each attempt to
  /// open a device does that.
  private func drain() -> Bool {
    guard descriptor >= 0 else { return false }
    var matters = false
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        guard count > 0 else { return }
        var offset = 0
        while offset + MemoryLayout<inotify_event>.size <= count {
          let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          let start = offset + MemoryLayout<inotify_event>.size
          let name = String(decoding: buffer[start..<(start + Int(event.len))].prefix { $0 != 0 }, as: UTF8.self)
          let closed = event.mask & UInt32(IN_CLOSE_WRITE | IN_CLOSE_NOWRITE) != 0
          if closed {
            matters = matters || (name.hasPrefix("pcm") && name.hasSuffix("c"))
          } else {
            matters = matters || name.hasPrefix("pcm") || ["snd", "native", "pulse", "pipewire-0"].contains(name)
          }
          offset = start + Int(event.len)
        }
      }
    }
    return matters
  }

  private static func milliseconds() -> Int64 { CaptureClock.now() / 1_000_000 }
}

/// Nanoseconds since start-up, suspension included.
enum CaptureClock {
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
