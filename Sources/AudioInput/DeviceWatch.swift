import CALSA
import Files
import Glibc

/// Reports when it is worth retrying a device: a node appeared in /dev/snd or changed its permissions, a program closed
/// a capture node, or a sound server's socket appeared. A device that comes back is opened at once, although the pauses
/// are long.
package final class DeviceWatch {
  private let descriptor: CInt

  /// Without inotify only the pauses count.
  init() {
    descriptor = inotify_init1(CInt(IN_CLOEXEC | IN_NONBLOCK))
    guard descriptor >= 0 else { return }
    let born = UInt32(IN_CREATE | IN_ATTRIB | IN_MOVED_TO)
    watch("/dev", born)
    watchSoundNodes()
    let environment = Environment.current
    if let runtime = environment["XDG_RUNTIME_DIR"] {
      watch(runtime, born)
      watch(runtime + "/pulse", born)
    }
    if let server = environment["PULSE_SERVER"], server.hasPrefix("unix:") {
      watch(String(server.dropFirst(5).prefix { $0 != " " }.reversed().drop { $0 != "/" }.reversed()), born)
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Waits for the time, a change, or `interrupt` to become readable. What happened before, our own attempt to open the
  /// device included, does not count.
  func pause(milliseconds: Int, interrupt: CInt) -> DevicePause {
    // The folder may be new.
    watchSoundNodes()
    _ = drain()
    let end = Self.milliseconds() + Int64(milliseconds)
    while true {
      let left = max(0, end - Self.milliseconds())
      var descriptors = (
        pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0),
        pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      )
      let result = withUnsafeMutablePointer(to: &descriptors) { tuple in
        tuple.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, CInt(clamping: left)) }
      }
      if descriptors.0.revents != 0 { return .interrupted }
      if result == 0 || (result < 0 && errno != EINTR) { return .over }
      if descriptors.1.revents != 0, let news = drain() { return news }
    }
  }

  private func watchSoundNodes() {
    watch("/dev/snd", UInt32(IN_CREATE | IN_ATTRIB | IN_CLOSE_WRITE | IN_CLOSE_NOWRITE))
  }

  private func watch(_ path: String, _ mask: UInt32) {
    if descriptor >= 0 { inotify_add_watch(descriptor, path, mask) }
  }

  /// Reads all pending events and returns the most important one, or nil.
  private func drain() -> DevicePause? {
    guard descriptor >= 0 else { return nil }
    var news: DevicePause?
    withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 8) { buffer in
      while true {
        let count = read(descriptor, buffer.baseAddress, buffer.count)
        guard count > 0 else { return }
        var offset = 0
        while offset + MemoryLayout<inotify_event>.size <= count {
          let event = buffer.loadUnaligned(fromByteOffset: offset, as: inotify_event.self)
          let start = offset + MemoryLayout<inotify_event>.size
          let name = String(decoding: buffer[start..<(start + Int(event.len))].prefix { $0 != 0 }, as: UTF8.self)
          if news != .deviceChange { news = Self.news(mask: event.mask, name: name) ?? news }
          offset = start + Int(event.len)
        }
      }
    }
    return news
  }

  /// What an inotify event means for a program that waits for a device. Closing a control node means nothing: every
  /// attempt to open a device does it.
  package static func news(mask: UInt32, name: String) -> DevicePause? {
    if mask & UInt32(IN_CLOSE_WRITE | IN_CLOSE_NOWRITE) != 0 {
      return name.hasPrefix("pcm") && name.hasSuffix("c") ? .deviceFreed : nil
    }
    return name.hasPrefix("pcm") || ["snd", "native", "pulse", "pipewire-0"].contains(name) ? .deviceChange : nil
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
