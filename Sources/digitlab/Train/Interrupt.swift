import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// SIGINT or SIGTERM as a flag: the current work is finished and saved.
final class Interrupt: Sendable {
  private let flag = Atomic<Bool>(false)
  /// Written by `init` only.
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
