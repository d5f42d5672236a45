package import JSON

/// A message for the broker.
package struct Publication: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// Each counts; a late one carries its age.
    case event
    /// Retained by the broker; only the latest counts.
    case state
    /// Worthless after a moment.
    case reading
  }

  package enum Payload: Sendable, Equatable {
    case text(String)
    case object(JSONObject)
  }

  package var topic: String
  package var kind: Kind
  package var payload: Payload

  package init(topic: String, kind: Kind, payload: Payload) {
    self.topic = topic
    self.kind = kind
    self.payload = payload
  }
}

/// Keeps a bounded number of messages, each until the broker has confirmed it, also while there is no connection.
/// States are sent before events; events keep their order.
///
/// A pure state machine; times are milliseconds of any clock that never jumps.
package struct Outbox {
  /// A message as it goes to the broker.
  package struct Delivery: Sendable, Equatable {
    /// The number that its confirmation names.
    package var id: Int
    package var topic: String
    package var payload: String
    package var isRetained: Bool

    package init(id: Int, topic: String, payload: String, isRetained: Bool) {
      self.id = id
      self.topic = topic
      self.payload = payload
      self.isRetained = isRetained
    }
  }

  private struct Entry {
    var id: Int
    var publication: Publication
    /// When it was offered.
    var time: Int64
  }

  /// The maximum number of unconfirmed messages.
  package let window: Int
  /// The maximum number of waiting events.
  package let limit: Int
  private var states: [Entry] = []
  private var events: [Entry] = []
  private var sent: [Entry] = []
  private var nextID = 1
  private var isConnected = false
  private var dropped = 0

  package init(limit: Int = 1000, window: Int = 20) {
    self.limit = limit
    self.window = window
  }

  /// Whether everything was sent and confirmed.
  package var isEmpty: Bool { states.isEmpty && events.isEmpty && sent.isEmpty }

  /// How many events were dropped since the last call.
  package mutating func takeDropped() -> Int {
    defer { dropped = 0 }
    return dropped
  }

  /// - Returns: what can be sent now.
  package mutating func offer(_ publication: Publication, now: Int64) -> [Delivery] {
    let entry = Entry(id: nextID, publication: publication, time: now)
    nextID += 1
    switch publication.kind {
    case .state:
      states.removeAll { $0.publication.topic == publication.topic }
      states.append(entry)
    case .event:
      events.append(entry)
      dropOldest()
    case .reading:
      guard isConnected, sent.count < window, events.isEmpty, states.isEmpty else { return [] }
      sent.append(entry)
      return [delivery(entry, now: now)]
    }
    return send(now: now)
  }

  package mutating func connect(now: Int64) -> [Delivery] {
    isConnected = true
    return send(now: now)
  }

  /// It is unknown whether the broker has received the unconfirmed messages: they are sent again, except readings and
  /// states that have changed since.
  package mutating func disconnect() {
    isConnected = false
    events = sent.filter { $0.publication.kind == .event } + events
    dropOldest()
    let newer = Set(states.map(\.publication.topic))
    states = sent.filter { $0.publication.kind == .state && !newer.contains($0.publication.topic) } + states
    sent = []
  }

  package mutating func confirm(_ id: Int, now: Int64) -> [Delivery] {
    sent.removeAll { $0.id == id }
    return send(now: now)
  }

  private mutating func dropOldest() {
    guard events.count > limit else { return }
    dropped += events.count - limit
    events.removeFirst(events.count - limit)
  }

  private mutating func send(now: Int64) -> [Delivery] {
    var deliveries: [Delivery] = []
    while isConnected, sent.count < window, !(states.isEmpty && events.isEmpty) {
      let entry = states.isEmpty ? events.removeFirst() : states.removeFirst()
      sent.append(entry)
      deliveries.append(delivery(entry, now: now))
    }
    return deliveries
  }

  private func delivery(_ entry: Entry, now: Int64) -> Delivery {
    let payload: String
    switch entry.publication.payload {
    case .text(let text): payload = text
    case .object(var object):
      if entry.publication.kind == .event { object["age_ms"] = .integer(Int(max(0, now - entry.time))) }
      payload = JSONValue.object(object).text
    }
    return Delivery(
      id: entry.id, topic: entry.publication.topic, payload: payload, isRetained: entry.publication.kind == .state)
  }
}
