import COpenBLAS
import Dispatch

/// The threads of a training. Work is dealt out by position, never by who is free first, so that every sum is taken in the
/// same order whatever the timing: results depend on the number of lanes, not on the clock.
struct Lanes: Sendable {
  let count: Int

  init(count: Int) {
    self.count = max(1, count)
    // The lanes are the parallelism; a product that spread over threads of its own would only get in their way.
    openblas_set_num_threads(1)
  }

  /// Calls `work` once for each lane, side by side, and returns when all are done.
  func run(_ work: (_ lane: Int) -> Void) {
    if count == 1 {
      work(0)
    } else {
      withoutActuallyEscaping(work) { work in
        // Safe: lanes write to places of their own, and this call outlasts them all.
        nonisolated(unsafe) let work = work
        DispatchQueue.concurrentPerform(iterations: count) { work($0) }
      }
    }
  }

  /// The part of `0 ..< total` that is `lane`'s.
  func share(of total: Int, lane: Int) -> Range<Int> {
    (total * lane / count)..<(total * (lane + 1) / count)
  }
}
