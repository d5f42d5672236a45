import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Ctrl-C, or the end that a service manager asks for, as a flag: the work in hand is finished and saved.
final class Interrupt: Sendable {
  private let flag = Atomic<Bool>(false)
  /// Changed by `init` alone.
  nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

  var wasRequested: Bool { flag.load(ordering: .relaxed) }

  init() {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [weak self] in self?.flag.store(true, ordering: .relaxed) }
      source.activate()
      sources.append(source)
    }
  }
}
