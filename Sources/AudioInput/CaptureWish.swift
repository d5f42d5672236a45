import Glibc
import Synchronization

/// What the capture thread is to do, and a descriptor that interrupts its wait when that changes.
///
/// Anybody may change it; one thread carries it out. Once it is to end, it is.
package final class CaptureWish: Sendable {
  package enum Goal: UInt8, AtomicRepresentable, Sendable {
    case capture, pause, end
  }

  /// Readable from a change on until `settle`.
  package let descriptor: CInt
  private let goal: Atomic<Goal>

  package init(_ goal: Goal = .capture) throws {
    self.goal = Atomic(goal)
    descriptor = try CaptureLink.makeBell()
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
    CaptureLink.ring(descriptor)
  }

  /// Who was interrupted looks at `current` after this: a change that comes later interrupts again.
  package func settle() { CaptureLink.quieten(descriptor) }
}
