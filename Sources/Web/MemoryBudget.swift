import Synchronization

/// The memory that the bodies of all requests together may use.
package final class MemoryBudget: Sendable {
  private let free: Mutex<Int>

  package init(bytes: Int) { free = Mutex(bytes) }

  package var freeBytes: Int { free.withLock { $0 } }

  /// One request's share; it is returned when this object is released.
  package final class Share: Sendable {
    private let budget: MemoryBudget
    private let held = Mutex(0)

    fileprivate init(_ budget: MemoryBudget) { self.budget = budget }

    deinit {
      let held = held.withLock { $0 }
      budget.free.withLock { $0 += held }
    }

    /// - Returns: whether there was room.
    package func grow(by bytes: Int) -> Bool {
      let isThere = budget.free.withLock { free in
        guard bytes <= free else { return false }
        free -= bytes
        return true
      }
      if isThere { held.withLock { $0 += bytes } }
      return isThere
    }
  }

  package func share() -> Share { Share(self) }
}
