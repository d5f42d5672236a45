import DaemonSettings
import Files
import Glibc
import Synchronization

/// A named thread whose end can be awaited.
enum Thread {
  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }

  /// Runs `body` on a thread of its own; returns or throws when it does.
  /// - Parameter name: at most 15 characters, as `top -H` shows it.
  static func run<R: Sendable>(named name: String, _ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      let reference = Unmanaged.passRetained(
        Body(name: name) { continuation.resume(with: Result(catching: body)) })
      var thread = pthread_t()
      let failed = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
          Thread.setName(body.name)
          body.run()
          return nil
        }, reference.toOpaque())
      if failed == 0 {
        pthread_detach(thread)
      } else {
        reference.release()
        continuation.resume(
          throwing: DaemonFailure.failed("no thread can be started: \(systemReason(failed))"))
      }
    }
  }
}

extension Thread {
  /// Names the calling thread.
  private static func setName(_ name: String) {
    let descriptor = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    _ = Array(name.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }
}

/// The resources that this process has used so far.
struct ProcessUsage {
  var cpuSeconds: Double
  var residentBytes: Int

  static func now() -> ProcessUsage {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ProcessUsage(
      cpuSeconds: seconds(usage.ru_utime) + seconds(usage.ru_stime), residentBytes: residentPages * Int(getpagesize()))
  }

  /// The second number of /proc/self/statm.
  private static var residentPages: Int {
    let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 128)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return 0 }
    let fields = buffer[..<count].split(separator: UInt8(ascii: " "))
    return fields.dropFirst().first.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
  }
}
