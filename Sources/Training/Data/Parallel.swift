import Dispatch
import Synchronization

/// A loop spread over a few threads, each index taken by whichever is free.
enum Parallel {
  static func forEach(count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        body(index)
      }
    }
  }
}
