import Glibc
import Synchronization

/// The requested activity of the capture thread, and a descriptor that interrupts its wait when the request changes.
///
/// Any thread may change it; one thread carries it out. The request to end is final.
package final class CaptureWish: Sendable {
  package enum Goal: UInt8, AtomicRepresentable, Sendable {
    case capture, pause, end
  }

  /// Readable from a change until `settle`.
  package let descriptor: CInt
  private let goal: Atomic<Goal>

  package init(_ goal: Goal = .capture) throws {
    self.goal = Atomic(goal)
    descriptor = try CaptureLink.makeEventDescriptor()
  }

  deinit { close(descriptor) }

  package var current: Goal { goal.load(ordering: .acquiring) }

  package func set(_ new: Goal) {
    var old = current
    while old != .end {
      let (exchanged, original) = goal.compareExchange(
        expected: old, desired: new, ordering: .acquiringAndReleasing)
      if exchanged { break }
      old = original
    }
    CaptureLink.wake(descriptor)
  }

  /// Call after an interruption and before reading `current`: a later change interrupts again.
  package func settle() { CaptureLink.clear(descriptor) }
}
