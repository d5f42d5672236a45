import COpenBLAS
import Dispatch
import Synchronization

/// The threads of a training, and how work is dealt out to them.
///
/// A batch is cut into `shares` parts, always as many, whatever the number of threads: a thread takes the next part when
/// it is done with its last. Sums are taken within a part, and over the parts in their order, so that the results do not
/// depend on how many threads there are, nor on which of them the rest of the machine holds up.
package final class Lanes: Sendable {
  /// More of them would spread over more threads and even out better, but each has its own sum of weight gradients.
  static let shares = 4

  let threads: Int
  private let next = Atomic(0)

  init(threads: Int) {
    self.threads = min(max(1, threads), Self.shares)
    // The lanes are the parallelism; a product that spread over threads of its own would only get in their way.
    openblas_set_num_threads(1)
  }

  /// Calls `work` once for each share, on all threads, and returns when all are done. Not to be called from within.
  func run(_ work: (_ share: Int, _ thread: Int) -> Void) {
    if threads == 1 {
      for share in 0..<Self.shares { work(share, 0) }
      return
    }
    next.store(0, ordering: .relaxed)
    withoutActuallyEscaping(work) { work in
      // Safe: each share writes to places of its own, and this call outlasts them all.
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

  /// The part of `0 ..< total` that is `share`'s.
  static func part(of total: Int, share: Int) -> Range<Int> {
    (total * share / shares)..<(total * (share + 1) / shares)
  }
}
