package import Events
package import NIOCore
import Synchronization

/// A published event with its line, which is encoded once and shared by all receivers.
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

/// A destination of events: the socket server or standard output.
package protocol EventSink: AnyObject, Sendable {
  /// Whether any receiver wants this kind of event now. Called before the event is encoded.
  func wants(_ kind: Event.Kind) -> Bool
  /// Takes an event. Called in the order of `sequence`, under the hub's lock, so it must hand over and never wait.
  /// (Only standard output in its lossless mode waits, where the publisher reads a file and has time.)
  func offer(_ event: PublishedEvent)
}

/// Publishes events: assigns time and sequence number and passes them to a few sinks, each with a bounded queue and a
/// thread of its own. `publish` costs the same for one subscriber as for a thousand, and waits for none.
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

  /// Adds a sink, which receives everything published from now on.
  /// - Returns: the sequence number of the last event before.
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

  /// Whether any receiver wants this kind of event now; if not, it need not be computed.
  package func wants(_ kind: Event.Kind) -> Bool {
    state.withLock { state in state.sinks.contains { $0.wants(kind) } }
  }

  /// The sequence number of the last published event.
  package var lastSequence: Int { state.withLock { $0.sequence } }

  /// Publishes a broadcast event. May be called from any thread; sequence numbers follow the order of the calls. Events
  /// that answer one client are not broadcast and are ignored here.
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
