import COpenBLAS
import Dispatch
import Synchronization

/// The threads of a training, and how work is distributed over them.
///
/// A batch is always cut into the same number of parts, `shares`, whatever the number of threads; a thread takes the
/// next part when it is done with its last. Sums are computed within each part and then over the parts in order, so
/// that the results depend neither on the number of threads nor on their timing.
package final class Lanes: Sendable {
  /// More shares would balance the load better, but each needs its own sum of weight gradients.
  static let shares = 4

  let threads: Int
  private let next = Atomic(0)

  init(threads: Int) {
    self.threads = min(max(1, threads), Self.shares)
    // These threads are the parallelism; OpenBLAS's own threads would only compete with them.
    openblas_set_num_threads(1)
  }

  /// Calls `work` once for each share, on all threads, and returns when all are done. Must not be nested.
  func run(_ work: (_ share: Int, _ thread: Int) -> Void) {
    if threads == 1 {
      for share in 0..<Self.shares { work(share, 0) }
      return
    }
    next.store(0, ordering: .relaxed)
    withoutActuallyEscaping(work) { work in
      // Safe: each share writes to its own places, and this call outlasts them all.
      nonisolated(unsafe) let work = work
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        while true {
          let share = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if share >= Self.shares { return }
          work(share, thread)
        }
      }
    }
  }

  /// The part of `0 ..< total` that belongs to `share`.
  static func part(of total: Int, share: Int) -> Range<Int> {
    (total * share / shares)..<(total * (share + 1) / shares)
  }
}
