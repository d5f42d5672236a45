import EventFeed
import TestSupport
import Testing

@Suite struct SubscriberQueueTests {
  private enum Seen: Equatable {
    case lost(Int, last: Int)
    case element(Int)
  }

  private func drain(_ queue: inout SubscriberQueue<Int>, atMost limit: Int = .max) -> [Seen] {
    var seen: [Seen] = []
    while seen.count < limit {
      switch queue.next() {
      case .element(let value): seen.append(.element(value))
      case .lost(let count, let last): seen.append(.lost(count, last: last))
      case .empty: return seen
      }
    }
    return seen
  }

  @Test func `events that fit come out in order`() {
    var queue = SubscriberQueue<Int>(capacity: 3)
    for value in 1...3 { queue.push(value) }
    #expect(drain(&queue) == [.element(1), .element(2), .element(3)])
    #expect(queue.isEmpty && queue.totalLost == 0)
  }

  @Test func `the oldest events go, and the gap is reported first`() {
    var queue = SubscriberQueue<Int>(capacity: 3)
    for value in 1...7 { queue.push(value) }
    #expect(drain(&queue) == [.lost(4, last: 4), .element(5), .element(6), .element(7)])
    #expect(queue.totalLost == 4)
  }

  @Test func `a gap is reported once`() {
    var queue = SubscriberQueue<Int>(capacity: 1)
    queue.push(1)
    queue.push(2)
    #expect(drain(&queue, atMost: 1) == [.lost(1, last: 1)])
    queue.push(3)
    #expect(drain(&queue) == [.lost(1, last: 2), .element(3)])
    #expect(drain(&queue).isEmpty)
  }

  @Test func `a loss counts the events that waited with it`() {
    var queue = SubscriberQueue<Int>(capacity: 4)
    queue.push(1)
    queue.push(2)
    queue.lose(10, last: 12)
    queue.push(13)
    #expect(drain(&queue) == [.lost(12, last: 12), .element(13)])
    #expect(queue.totalLost == 12)
  }

  @Test func `answers outlast any number of events`() {
    var queue = SubscriberQueue<Int>(capacity: 4)
    queue.push(1)
    queue.push(-1, isKept: true)
    queue.push(2)
    queue.push(-2, isKept: true)
    for value in 3...100 { queue.push(value) }
    // The gap lies before whatever is left.
    #expect(drain(&queue) == [.lost(98, last: 98), .element(-1), .element(-2), .element(99), .element(100)])
    #expect(queue.totalLost == 98)
  }

  @Test func `where nothing but answers waits, events are lost and answers find room`() {
    var queue = SubscriberQueue<Int>(capacity: 2)
    for value in 1...3 { queue.push(-value, isKept: true) }
    queue.push(1)
    queue.push(-4, isKept: true)
    #expect(drain(&queue) == [.lost(1, last: 1)] + (1...4).map { .element(-$0) })
  }

  @Test func `a loss keeps the answers that wait`() {
    var queue = SubscriberQueue<Int>(capacity: 4)
    queue.push(1)
    queue.push(-1, isKept: true)
    queue.lose(10, last: 11)
    queue.push(12)
    #expect(drain(&queue) == [.lost(11, last: 11), .element(-1), .element(12)])
    #expect(queue.totalLost == 11)
  }

  @Test func `a capacity of nothing is one`() {
    var queue = SubscriberQueue<Int>(capacity: 0)
    queue.push(1)
    #expect(drain(&queue) == [.element(1)])
  }

  /// Whatever is pushed and taken: what comes out is every number in order, each either there or counted as lost at its
  /// place, and never more than the capacity waits.
  @Test func `nothing goes missing uncounted`() {
    var generator = SeededGenerator(seed: 20)
    for _ in 0..<500 {
      let capacity = Int.random(in: 1...9, using: &generator)
      var queue = SubscriberQueue<Int>(capacity: capacity)
      var pushed = 0
      var accounted = 0
      func account(_ seen: [Seen]) {
        for item in seen {
          switch item {
          case .element(let value):
            accounted += 1
            #expect(value == accounted)
          case .lost(let count, let last):
            accounted += count
            #expect(last == accounted)
          }
        }
      }
      for _ in 0..<100 {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<6:
          pushed += 1
          queue.push(pushed)
        case 6:
          let lost = Int.random(in: 1...5, using: &generator)
          pushed += lost
          queue.lose(lost, last: pushed)
        default: account(drain(&queue, atMost: Int.random(in: 1...4, using: &generator)))
        }
        #expect(queue.count <= capacity)
      }
      account(drain(&queue))
      #expect(accounted == pushed)
    }
  }
}
