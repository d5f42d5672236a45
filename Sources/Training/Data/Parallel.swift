import Dispatch
import Synchronization

/// A parallel loop: each index is taken by the next free thread.
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

  /// The results in the order of the indices.
  static func results<Value: Sendable>(
    count: Int, threads: Int, _ body: @Sendable (Int) throws -> Value
  ) -> [Result<Value, any Error>] {
    let results = Mutex<[Int: Result<Value, any Error>]>([:])
    forEach(count: count, threads: threads) { index in
      let result = Result { try body(index) }
      results.withLock { $0[index] = result }
    }
    return results.withLock { all in (0..<count).compactMap { all[$0] } }
  }
}
