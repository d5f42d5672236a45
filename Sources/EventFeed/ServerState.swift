import Events
import Logging
import NIOCore
import Synchronization

/// The state that the connections of a server share, on its event loop.
final class ServerState {
  let configuration: EventServer.Configuration
  let responder: EventResponder
  /// The sequence number of the last event passed to the connections, which answers repeat.
  private(set) var lastSequence = 0

  private let hub: EventHub
  private let relay: Relay
  private let logger: Logger
  private var connections: [ObjectIdentifier: Connection] = [:]
  private var recordings = 0
  private var bytesHeld = 0
  private var lostByFormerConnections = 0
  private var allClosed: EventLoopPromise<Void>?
  /// Whether the connection limit has been logged since there last was plenty of room.
  private var hasLoggedFull = false

  init(
    configuration: EventServer.Configuration, responder: EventResponder, hub: EventHub, relay: Relay, logger: Logger
  ) {
    self.configuration = configuration
    self.responder = responder
    self.hub = hub
    self.relay = relay
    self.logger = logger
  }

  /// Call before connections are accepted; `sequence` is the number of the last event that none of them will receive.
  func begin(after sequence: Int) {
    lastSequence = max(lastSequence, sequence)
  }

  func deliver() {
    for item in relay.takeAll() {
      switch item {
      case .element(let event):
        lastSequence = event.envelope.sequence
        for connection in connections.values { connection.deliver(event) }
      case .lost(let count, let last):
        lastSequence = last.envelope.sequence
        for connection in connections.values { connection.miss(count, last: last) }
      case .empty: break
      }
    }
    countLost()
  }

  // MARK: Connections

  func add(_ connection: Connection) -> Bool {
    guard allClosed == nil else { return false }
    guard connections.count < configuration.maximumConnections else {
      if !hasLoggedFull { logger.warning("there are \(connections.count) connections: more are refused") }
      hasLoggedFull = true
      return false
    }
    connections[ObjectIdentifier(connection)] = connection
    relay.counts.subscribers.store(connections.count, ordering: .relaxed)
    return true
  }

  func remove(_ connection: Connection) {
    guard connections.removeValue(forKey: ObjectIdentifier(connection)) != nil else { return }
    lostByFormerConnections += connection.lostEvents
    relay.counts.subscribers.store(connections.count, ordering: .relaxed)
    if connections.count <= configuration.maximumConnections / 2 { hasLoggedFull = false }
    countLost()
    if connections.isEmpty { allClosed?.succeed() }
  }

  /// A subscriber's filter has changed; counts the subscribers to each event that is sent only on request.
  func demandChanged(from before: EventFilter, to after: EventFilter) {
    func difference(_ kind: Event.Kind) -> Int { (after.wants(kind) ? 1 : 0) - (before.wants(kind) ? 1 : 0) }
    relay.counts.levelListeners.add(difference(.level), ordering: .relaxed)
    relay.counts.spectrumListeners.add(difference(.spectrum), ordering: .relaxed)
  }

  private func countLost() {
    let lost = connections.values.reduce(lostByFormerConnections) { $0 + $1.lostEvents }
    relay.counts.dropped.store(lost, ordering: .relaxed)
  }

  func status() -> Event.Status {
    countLost()
    var status = responder.status()
    // Without the client that sent the request.
    status.subscribers = max(0, connections.count - 1)
    status.dropped += relay.counts.dropped.load(ordering: .relaxed)
    return status
  }

  // MARK: Pause

  /// The sequence number of the last event that was published, whether or not it has been passed on.
  var lastPublished: Int { hub.lastSequence }

  /// The clients that wait for the opposite of the latest request, which will not come. They no longer wait.
  func overtaken(by isPaused: Bool) -> [Connection] {
    connections.values.filter { $0.stopsWaiting(forPause: !isPaused) }
  }

  // MARK: Recordings

  func takeRecordingSlot() -> Bool {
    guard recordings < configuration.maximumRecordings else { return false }
    recordings += 1
    return true
  }

  func returnRecordingSlot() {
    recordings -= 1
  }

  // MARK: Memory

  /// A connection holds `change` bytes more (or fewer) of what its client has sent.
  /// - Returns: whether they fit into the limit.
  func hold(_ change: Int) -> Bool {
    bytesHeld += change
    return change <= 0 || bytesHeld <= configuration.maximumBytesHeld
  }

  // MARK: The end

  /// Writes what is queued to every connection and closes it.
  func finish(on loop: any EventLoop) -> EventLoopFuture<Void> {
    deliver()
    guard !connections.isEmpty else { return loop.makeSucceededVoidFuture() }
    let promise = loop.makePromise(of: Void.self)
    allClosed = promise
    for connection in Array(connections.values) { connection.finish() }
    return promise.futureResult
  }
}
