import Dispatch
import Glibc

/// Waits for Ctrl-C or SIGTERM.
final class EndRequest: Sendable {
  private let requests: AsyncStream<Void>
  /// Changed only by `init`.
  nonisolated(unsafe) private var sources: [any DispatchSourceSignal] = []

  init() {
    let (requests, sender) = AsyncStream.makeStream(of: Void.self)
    self.requests = requests
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { sender.yield() }
      source.activate()
      sources.append(source)
    }
  }

  func wait() async {
    for await _ in requests { return }
  }
}
