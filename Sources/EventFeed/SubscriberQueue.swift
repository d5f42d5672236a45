/// The queue of one subscriber: bounded, and it never refuses an element. When it is full, the oldest event is dropped.
/// A subscriber that reads again first learns how many events it lost and then gets the latest.
///
/// Answers are never dropped in favour of events. So that the queue stays bounded, its owner must accept no more
/// requests while many answers wait.
///
/// A pure state machine: its owner writes what `next()` returns and stops at `.empty`.
package struct SubscriberQueue<Element> {
  package enum Next {
    /// `count` events were lost at this point; `last` is the last of them.
    case lost(count: Int, last: Element)
    case element(Element)
    case empty
  }

  private struct Waiting {
    var element: Element
    var isKept: Bool
  }

  package let capacity: Int
  private var storage: [Waiting?]
  private var head = 0
  package private(set) var count = 0
  private var loss: (count: Int, last: Element)?
  /// The total number of lost events.
  package private(set) var totalLost = 0

  /// - Parameter capacity: the maximum number of queued elements; at least one.
  package init(capacity: Int) {
    self.capacity = max(1, capacity)
    storage = []
  }

  package var isEmpty: Bool { count == 0 && loss == nil }

  /// Memory grows only as needed, so that a thousand subscribers that keep up cost nothing.
  /// - Parameter isKept: whether it is an answer, which must not be dropped.
  package mutating func push(_ element: Element, isKept: Bool = false) {
    if count >= capacity, !dropOldest(), !isKept {
      // The queue holds nothing but answers.
      loss = ((loss?.count ?? 0) + 1, element)
      totalLost += 1
      return
    }
    if count == storage.count { grow() }
    storage[(head + count) % storage.count] = Waiting(element: element, isKept: isKept)
    count += 1
  }

  /// Drops the oldest event that is not an answer; false if there is none.
  private mutating func dropOldest() -> Bool {
    let places = (0..<count).lazy.map { [head, size = storage.count] in (head + $0) % size }
    guard let index = (0..<count).first(where: { storage[places[$0]]?.isKept == false }) else { return false }
    if let oldest = storage[places[index]] { loss = ((loss?.count ?? 0) + 1, oldest.element) }
    totalLost += 1
    // Moves the answers before it up.
    for later in stride(from: index, to: 0, by: -1) { storage[places[later]] = storage[places[later - 1]] }
    storage[head] = nil
    head = (head + 1) % storage.count
    count -= 1
    return true
  }

  /// `lost` events were lost before they arrived here, `last` being the last of them. Queued events are dropped, too,
  /// so that there is one gap at the head.
  package mutating func lose(_ lost: Int, last: Element) {
    let waiting = (0..<count).compactMap { storage[(head + $0) % storage.count] }
    let answers = waiting.filter(\.isKept)
    let all = waiting.count - answers.count + lost
    totalLost += all
    loss = ((loss?.count ?? 0) + all, last)
    storage = answers
    head = 0
    count = answers.count
  }

  /// The next thing to write. A loss comes first, because the gap lies before what is left.
  package mutating func next() -> Next {
    if let loss {
      self.loss = nil
      return .lost(count: loss.count, last: loss.last)
    }
    guard count > 0, let waiting = storage[head] else { return .empty }
    storage[head] = nil
    head = (head + 1) % storage.count
    count -= 1
    return .element(waiting.element)
  }

  package mutating func removeAll() {
    storage = []
    head = 0
    count = 0
    loss = nil
  }

  private mutating func grow() {
    var larger: [Waiting?] = []
    // Grows beyond the capacity only for answers, and no more than needed.
    let size = storage.count < capacity ? min(capacity, max(8, storage.count * 2)) : storage.count + 8
    larger.reserveCapacity(size)
    for index in 0..<count { larger.append(storage[(head + index) % storage.count]) }
    larger.append(contentsOf: repeatElement(nil, count: size - count))
    storage = larger
    head = 0
  }
}
