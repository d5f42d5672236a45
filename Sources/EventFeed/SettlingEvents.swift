import Events

/// The live events of a new connection, until it is known which of them its client wants: the latest of them, and how many
/// of each kind there was no room for.
///
/// A pure state machine.
package struct SettlingEvents {
  package struct Settled {
    /// So many that were wanted have gone; `last` is the last of them.
    package var lost: (count: Int, last: PublishedEvent)?
    /// The rest, in order.
    package var events: [PublishedEvent]
  }

  private struct Loss {
    var count = 0
    var last: PublishedEvent
  }

  private let capacity: Int
  private var waiting: [PublishedEvent] = []
  private var lost: [Event.Kind: Loss] = [:]
  /// Lost on the way here, whatever they were.
  private var missed: Loss?

  package init(capacity: Int) { self.capacity = max(1, capacity) }

  package mutating func push(_ event: PublishedEvent) {
    if waiting.count == capacity { lose(waiting.removeFirst()) }
    waiting.append(event)
  }

  /// So many were lost before they came here, `last` the last of them. What waited before them goes too.
  package mutating func miss(_ count: Int, last: PublishedEvent) {
    for event in waiting { lose(event) }
    waiting = []
    missed = Loss(count: (missed?.count ?? 0) + count, last: last)
  }

  private mutating func lose(_ event: PublishedEvent) {
    lost[event.kind] = Loss(count: (lost[event.kind]?.count ?? 0) + 1, last: event)
  }

  /// What a client gets that wants what `filter` says.
  package func settled(_ filter: EventFilter) -> Settled {
    let losses =
      lost.filter { filter.wants($0.key) }.map(\.value) + (filter == .nothing ? [] : missed.map { [$0] } ?? [])
    let last = losses.map(\.last).max { $0.envelope.sequence < $1.envelope.sequence }
    return Settled(
      lost: last.map { (count: losses.reduce(0) { $0 + $1.count }, last: $0) },
      events: waiting.filter { filter.wants($0.kind) })
  }
}
