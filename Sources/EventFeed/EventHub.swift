package import Events
package import NIOCore
import Synchronization

/// An event that was said, with its line: encoded once, its bytes shared by all who get it.
package struct PublishedEvent: Sendable {
  package let envelope: EventEnvelope
  package let kind: Event.Kind
  package let line: ByteBuffer

  init(_ envelope: EventEnvelope, kind: Event.Kind) {
    self.envelope = envelope
    self.kind = kind
    line = ByteBuffer(bytes: envelope.line())
  }
}

/// A place where events go: the socket server, standard output.
package protocol EventSink: AnyObject, Sendable {
  /// Whether anybody there wants such an event now. Asked before the event is even encoded.
  func wants(_ kind: Event.Kind) -> Bool
  /// Takes an event. Called in the order of `sequence`, under the hub's lock: it hands over and never waits. (Only
  /// standard output in its lossless mode waits, where the publisher is a file that has time.)
  func offer(_ event: PublishedEvent)
}

/// Where events are published: it gives them their time and number and hands them to a few sinks, each of which has its own
/// bounded queue and its own thread. `publish` costs the same with one subscriber as with a thousand, and waits for none.
package final class EventHub: Sendable {
  private struct State {
    var sequence = 0
    var sinks: [any EventSink] = []
  }

  private let state = Mutex(State())
  private let now: @Sendable () -> WallTime

  package init(now: @escaping @Sendable () -> WallTime = { WallTime.now() }) {
    self.now = now
  }

  /// Adds a sink, which gets everything published from here on.
  /// - Returns: the number of the last event before.
  @discardableResult
  package func add(_ sink: any EventSink) -> Int {
    state.withLock { state in
      state.sinks.append(sink)
      return state.sequence
    }
  }

  package func remove(_ sink: any EventSink) {
    state.withLock { state in state.sinks.removeAll { $0 === sink } }
  }

  /// Whether anybody wants such an event at this moment: what nobody wants need not be made.
  package func wants(_ kind: Event.Kind) -> Bool {
    state.withLock { state in state.sinks.contains { $0.wants(kind) } }
  }

  /// The number of the last event that was published.
  package var lastSequence: Int { state.withLock { $0.sequence } }

  /// Says a broadcast event to everybody. May be called from any thread; the numbers rise in the order of the calls.
  /// Events that are answers to one client are not broadcast, and are ignored here.
  package func publish(_ event: Event) {
    guard let kind = event.kind, kind.isBroadcast else { return }
    state.withLock { state in
      if kind.isNumbered { state.sequence += 1 }
      guard state.sinks.contains(where: { $0.wants(kind) }) else { return }
      let published = PublishedEvent(
        EventEnvelope(time: now(), sequence: state.sequence, event: event), kind: kind)
      for sink in state.sinks where sink.wants(kind) { sink.offer(published) }
    }
  }
}
