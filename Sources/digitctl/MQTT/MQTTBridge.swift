package import Events
import JSON

/// Translates between a daemon and a broker. Pure: it uses no sockets and reads no clock. Times are milliseconds of any
/// clock that never jumps.
package struct MQTTBridge {
  package struct Settings: Sendable, Equatable {
    package var topics: RoomTopics
    /// What Home Assistant calls the device.
    package var name: String
    /// Home Assistant's discovery prefix; nil for no discovery.
    package var discoveryPrefix: String?
    /// The time between two readings of the level, in ms.
    package var levelInterval: Int64 = 10_000

    package init(topics: RoomTopics, name: String, discoveryPrefix: String?) {
      self.topics = topics
      self.name = name
      self.discoveryPrefix = discoveryPrefix
    }
  }

  package enum Input: Sendable, Equatable {
    case brokerConnected
    case brokerLost
    /// The broker has confirmed it.
    case confirmed(id: Int)
    case message(topic: String, payload: String)
    case daemonConnected(Event.Hello)
    case daemonLost
    case event(EventEnvelope)
    /// The bridge is about to end.
    case end
  }

  package enum Action: Sendable, Equatable {
    case subscribe(topic: String)
    case publish(Outbox.Delivery)
    /// Pause the daemon, or resume it.
    case pause(Bool)
    /// This many events were dropped while the broker was away.
    case reportDropped(Int)
    /// Everything was sent and confirmed after `end`.
    case finished
  }

  /// The values of `availability`; the broker publishes the second by itself when the connection breaks.
  package static let (available, unavailable) = ("online", "offline")

  private let settings: Settings
  private var outbox: Outbox
  /// The daemon, while there is a connection to it.
  private var daemon: Event.Hello?
  private var conditions: [String] = []
  private var lastLevel: Int64?
  private var isEnding = false

  package init(settings: Settings, outbox: Outbox = Outbox()) {
    self.settings = settings
    self.outbox = outbox
  }

  private var topics: RoomTopics { settings.topics }

  package mutating func handle(_ input: Input, now: Int64) -> [Action] {
    switch input {
    case .brokerConnected: return connect(now: now)
    case .brokerLost:
      outbox.disconnect()
      return isEnding ? [.finished] : []
    case .confirmed(let id):
      let actions = outbox.confirm(id, now: now).map(Action.publish)
      return actions + (isEnding && outbox.isEmpty ? [.finished] : [])
    case .message(let topic, let payload): return receive(topic, payload, now: now)
    case .daemonConnected(let hello):
      daemon = hello
      conditions = hello.conditions.map(\.rawValue)
      return publishDiscovery(now: now) + publishState(now: now)
    case .daemonLost:
      guard daemon != nil else { return [] }
      daemon = nil
      return state(topics.availability, .text(Self.unavailable), now: now)
    case .event(let envelope): return handle(envelope, now: now)
    case .end:
      isEnding = true
      let actions = state(topics.availability, .text(Self.unavailable), now: now)
      return actions + (outbox.isEmpty ? [.finished] : [])
    }
  }

  // MARK: The broker

  private mutating func connect(now: Int64) -> [Action] {
    var actions: [Action] = [.subscribe(topic: topics.listeningCommand)]
    if let prefix = settings.discoveryPrefix { actions.append(.subscribe(topic: prefix + "/status")) }
    let dropped = outbox.takeDropped()
    if dropped > 0 { actions.append(.reportDropped(dropped)) }
    // A restarted broker may have kept nothing, and the last will of the connection before is still published.
    actions += publishDiscovery(now: now) + publishState(now: now)
    return actions + outbox.connect(now: now).map(Action.publish)
  }

  private mutating func receive(_ topic: String, _ payload: String, now: Int64) -> [Action] {
    if topic == topics.listeningCommand {
      switch payload {
      case "ON": return [.pause(false)]
      case "OFF": return [.pause(true)]
      default: return []
      }
    }
    // Home Assistant was restarted.
    if let prefix = settings.discoveryPrefix, topic == prefix + "/status", payload == "online" {
      return publishDiscovery(now: now) + publishState(now: now)
    }
    return []
  }

  // MARK: The daemon

  /// Describes the entities to Home Assistant.
  private mutating func publishDiscovery(now: Int64) -> [Action] {
    guard let prefix = settings.discoveryPrefix, let daemon else { return [] }
    let discovery = HomeAssistantDiscovery(prefix: prefix, topics: topics, name: settings.name)
    return discovery.configurations(model: daemon.model, version: daemon.version).flatMap {
      state($0.topic, .object($0.payload), now: now)
    }
  }

  /// The microphone's state.
  private mutating func publishState(now: Int64) -> [Action] {
    guard let daemon else { return state(topics.availability, .text(Self.unavailable), now: now) }
    return state(topics.availability, .text(Self.available), now: now)
      + state(topics.state, .text(daemon.state.rawValue), now: now)
      + state(topics.listening, .text(daemon.state == .paused ? "OFF" : "ON"), now: now)
      + publishProblem(now: now)
  }

  /// A problem is anything that prevents recognition, except a pause.
  private mutating func publishProblem(now: Int64) -> [Action] {
    let state = daemon?.state.rawValue ?? ""
    let isProblem = !conditions.isEmpty || !["listening", "paused"].contains(state)
    return self.state(
      topics.problem,
      .object([
        "problem": .string(isProblem ? "ON" : "OFF"), "state": .string(state),
        "conditions": .array(conditions.map(JSONValue.string)),
      ]), now: now)
  }

  private mutating func handle(_ envelope: EventEnvelope, now: Int64) -> [Action] {
    switch envelope.event {
    case .transcript(let transcript):
      return event(
        topics.digit,
        [
          "event_type": .string("\(transcript.guess.digit)"), "digit": .integer(transcript.guess.digit),
          "text": .string(transcript.guess.text), "confidence": .rounded(transcript.guess.confidence, 4),
          "time": .string(envelope.time.description), "sequence": .integer(envelope.sequence),
        ], now: now)
    case .number(let number):
      return event(
        topics.number,
        [
          "event_type": .string(number.isComplete ? "number" : "incomplete"), "digits": .string(number.digits),
          "text": .string(number.text), "confidence": .rounded(number.confidence, 4),
          "time": .string(envelope.time.description), "sequence": .integer(envelope.sequence),
        ], now: now)
    case .device(let device):
      daemon?.state = device.state
      return publishState(now: now)
    case .condition(let condition):
      conditions.removeAll { $0 == condition.condition.rawValue }
      if condition.on { conditions.append(condition.condition.rawValue) }
      return publishProblem(now: now)
    case .level(let level):
      if let lastLevel, now - lastLevel < settings.levelInterval { return [] }
      lastLevel = now
      let reading: JSONObject = [
        "rms_dbfs": .rounded(level.rmsDBFS, 1), "peak_dbfs": .rounded(level.peakDBFS, 1),
        "noise_floor_dbfs": .rounded(level.noiseFloorDBFS, 1),
      ]
      let publication = Publication(topic: topics.level, kind: .reading, payload: .object(reading))
      return outbox.offer(publication, now: now).map(Action.publish)
    default: return []
    }
  }

  // MARK: Messages

  private mutating func event(_ topic: String, _ data: JSONObject, now: Int64) -> [Action] {
    outbox.offer(Publication(topic: topic, kind: .event, payload: .object(data)), now: now).map(Action.publish)
  }

  private mutating func state(_ topic: String, _ payload: Publication.Payload, now: Int64) -> [Action] {
    outbox.offer(Publication(topic: topic, kind: .state, payload: payload), now: now).map(Action.publish)
  }
}
