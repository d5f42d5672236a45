import Events

/// The live events of a new connection before its filter is known: the latest of them, and how many of each kind did
/// not fit.
///
/// A pure state machine.
package struct SettlingEvents {
  package struct Settled {
    /// The number of lost events that the filter wants, and the last of them.
    package var lost: (count: Int, last: PublishedEvent)?
    /// The remaining events, in order.
    package var events: [PublishedEvent]
  }

  private struct Loss {
    var count = 0
    var last: PublishedEvent
  }

  private let capacity: Int
  private var waiting: [PublishedEvent] = []
  private var lost: [Event.Kind: Loss] = [:]
  /// Lost before they arrived here; their kinds are unknown.
  private var missed: Loss?

  package init(capacity: Int) { self.capacity = max(1, capacity) }

  package mutating func push(_ event: PublishedEvent) {
    if waiting.count == capacity { lose(waiting.removeFirst()) }
    waiting.append(event)
  }

  /// `count` events were lost before they arrived here, `last` being the last of them. Events that waited here count as
  /// lost, too.
  package mutating func miss(_ count: Int, last: PublishedEvent) {
    for event in waiting { lose(event) }
    waiting = []
    missed = Loss(count: (missed?.count ?? 0) + count, last: last)
  }

  private mutating func lose(_ event: PublishedEvent) {
    lost[event.kind] = Loss(count: (lost[event.kind]?.count ?? 0) + 1, last: event)
  }

  /// What a client with this filter receives.
  package func settled(_ filter: EventFilter) -> Settled {
    let losses =
      lost.filter { filter.wants($0.key) }.map(\.value) + (filter == .nothing ? [] : missed.map { [$0] } ?? [])
    let last = losses.map(\.last).max { $0.envelope.sequence < $1.envelope.sequence }
    return Settled(
      lost: last.map { (count: losses.reduce(0) { $0 + $1.count }, last: $0) },
      events: waiting.filter { filter.wants($0.kind) })
  }
}
