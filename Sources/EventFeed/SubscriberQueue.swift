/// What waits for one subscriber: a bounded queue that never refuses and never grows. When it is full the oldest goes, so
/// that a subscriber who comes back hears at once how many it lost, and then the latest there is.
///
/// A pure state machine: whoever owns it writes what `next()` gives and stops at `.empty`.
package struct SubscriberQueue<Element> {
  package enum Next {
    /// So many were lost where the queue now stands; `last` is the last of them.
    case lost(count: Int, last: Element)
    case element(Element)
    case empty
  }

  package let capacity: Int
  private var storage: [Element?]
  private var head = 0
  package private(set) var count = 0
  private var loss: (count: Int, last: Element)?
  /// All that was ever lost.
  package private(set) var totalLost = 0

  /// - Parameter capacity: how many wait at most; at least one.
  package init(capacity: Int) {
    self.capacity = max(1, capacity)
    storage = []
  }

  package var isEmpty: Bool { count == 0 && loss == nil }

  /// Room is taken as it is needed, so that a thousand subscribers who keep up cost nothing.
  package mutating func push(_ element: Element) {
    if count == capacity {
      if let oldest = storage[head] { loss = ((loss?.count ?? 0) + 1, oldest) }
      totalLost += 1
      storage[head] = element
      head = (head + 1) % capacity
      return
    }
    if count == storage.count { grow() }
    storage[(head + count) % storage.count] = element
    count += 1
  }

  /// So many were lost before they came here, `last` the last of them. What waited before them goes too, so that there is
  /// one gap and it lies at the head.
  package mutating func lose(_ lost: Int, last: Element) {
    let all = (loss?.count ?? 0) + count + lost
    totalLost += count + lost
    removeAll()
    loss = (all, last)
  }

  /// The next thing to write: first of all what was lost, because the gap lies before whatever is left.
  package mutating func next() -> Next {
    if let loss {
      self.loss = nil
      return .lost(count: loss.count, last: loss.last)
    }
    guard count > 0, let element = storage[head] else { return .empty }
    storage[head] = nil
    head = (head + 1) % storage.count
    count -= 1
    return .element(element)
  }

  package mutating func removeAll() {
    storage = []
    head = 0
    count = 0
    loss = nil
  }

  private mutating func grow() {
    var larger: [Element?] = []
    let size = min(capacity, max(8, storage.count * 2))
    larger.reserveCapacity(size)
    for index in 0..<count { larger.append(storage[(head + index) % storage.count]) }
    larger.append(contentsOf: repeatElement(nil, count: size - count))
    storage = larger
    head = 0
  }
}
