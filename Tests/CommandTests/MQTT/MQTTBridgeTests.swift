import EventFeed
import Events
import JSON
import Testing
import digitctl

@Suite struct MQTTBridgeTests {
  private static let topics = RoomTopics(base: "digits/kitchen")

  private func bridge(discovery: String? = nil) -> MQTTBridge {
    MQTTBridge(settings: .init(topics: Self.topics, name: "Kitchen", discoveryPrefix: discovery))
  }

  private func hello(_ state: Event.Device.State = .listening) -> Event.Hello {
    Event.Hello(
      version: "1.2", session: "a", model: "digits", language: "en", labels: [], device: "default", state: state)
  }

  private func envelope(_ event: Event) -> EventEnvelope {
    EventEnvelope(time: WallTime(millisecondsSinceEpoch: 0), sequence: 9, event: event)
  }

  private var seven: Event {
    .transcript(
      Event.Transcript(
        guess: Event.Guess(text: "seven", digit: 7, confidence: 0.98, probabilities: []),
        timing: Event.Timing(startMs: 0, endMs: 1, decidedMs: 2, computeMs: 3)))
  }

  /// What is published, the latest under each topic; "retained" before what the broker keeps.
  private func published(_ actions: [MQTTBridge.Action]) -> [String: String] {
    var published: [String: String] = [:]
    for case .publish(let delivery) in actions {
      let topic = delivery.topic.hasPrefix("digits/kitchen/") ? String(delivery.topic.dropFirst(15)) : delivery.topic
      published[topic] = (delivery.isRetained ? "retained " : "") + delivery.payload
    }
    return published
  }

  @Test func `a new connection publishes the state`() {
    var bridge = bridge()
    let first = bridge.handle(.brokerConnected, now: 0)
    #expect(first.contains(.subscribe(topic: "digits/kitchen/listening/set")))
    #expect(published(first)["availability"] == "retained offline")
    let then = published(bridge.handle(.daemonConnected(hello()), now: 0))
    #expect(then["availability"] == "retained online")
    #expect(then["state"] == "retained listening")
    #expect(then["listening"] == "retained ON")
    #expect(then["problem"]?.contains(#""problem": "OFF""#) == true)
  }

  @Test func `a digit is an event with its time and age`() {
    var bridge = bridge()
    _ = bridge.handle(.brokerConnected, now: 0)
    _ = bridge.handle(.daemonConnected(hello()), now: 0)
    #expect(
      published(bridge.handle(.event(envelope(seven)), now: 0)) == [
        "digit": #"{"event_type": "7", "digit": 7, "text": "seven", "confidence": 0.98, "#
          + #""time": "1970-01-01T00:00:00.000Z", "sequence": 9, "age_ms": 0}"#
      ])
  }

  @Test func `a number is an event that tells whether it is complete`() {
    var bridge = bridge()
    _ = bridge.handle(.brokerConnected, now: 0)
    _ = bridge.handle(.daemonConnected(hello()), now: 0)
    func number(_ digits: [Int?]) -> Event {
      .number(
        Event.Number(
          text: "four", confidence: 0.5,
          words: digits.map { Event.Number.Word(digit: $0, confidence: 1, startMs: 0, endMs: 1) }, startMs: 0,
          endMs: 1, decidedMs: 2))
    }
    let whole = published(bridge.handle(.event(envelope(number([0, 4]))), now: 0))["number"]
    #expect(whole?.hasPrefix(#"{"event_type": "number", "digits": "04", "text": "four", "confidence": 0.5"#) == true)
    let gap = published(bridge.handle(.event(envelope(number([4, nil]))), now: 0))["number"]
    #expect(gap?.hasPrefix(#"{"event_type": "incomplete", "digits": "4""#) == true)
  }

  @Test func `digits heard while the broker is away come after the state`() {
    var bridge = bridge()
    _ = bridge.handle(.brokerConnected, now: 0)
    _ = bridge.handle(.daemonConnected(hello()), now: 0)
    _ = bridge.handle(.brokerLost, now: 0)
    #expect(bridge.handle(.event(envelope(seven)), now: 1000).isEmpty)
    let actions = bridge.handle(.brokerConnected, now: 61_000)
    guard case .publish(let last)? = actions.last else {
      Issue.record("nothing was published")
      return
    }
    #expect(last.topic == "digits/kitchen/digit" && last.payload.contains(#""age_ms": 60000"#))
    #expect(published(actions)["availability"] == "retained online")
  }

  @Test func `events that were dropped are reported`() {
    var bridge = MQTTBridge(
      settings: .init(topics: Self.topics, name: "Kitchen", discoveryPrefix: nil), outbox: Outbox(limit: 2))
    _ = bridge.handle(.daemonConnected(hello()), now: 0)
    for _ in 0..<5 { _ = bridge.handle(.event(envelope(seven)), now: 0) }
    #expect(bridge.handle(.brokerConnected, now: 0).contains(.reportDropped(3)))
  }

  @Test func `a daemon that goes is unavailable until it is back`() {
    var bridge = bridge()
    _ = bridge.handle(.brokerConnected, now: 0)
    #expect(bridge.handle(.daemonLost, now: 0).isEmpty)  // it was never there
    _ = bridge.handle(.daemonConnected(hello()), now: 0)
    #expect(published(bridge.handle(.daemonLost, now: 0)) == ["availability": "retained offline"])
    #expect(published(bridge.handle(.daemonConnected(hello()), now: 0))["availability"] == "retained online")
  }

  @Test func `a lost microphone and a bad signal are problems, a pause is not`() {
    var bridge = bridge()
    _ = bridge.handle(.brokerConnected, now: 0)
    _ = bridge.handle(.daemonConnected(hello()), now: 0)
    func now(_ event: Event) -> [String: String] { published(bridge.handle(.event(envelope(event)), now: 0)) }
    let lost = now(.device(Event.Device(state: .lost, name: "default")))
    #expect(lost["state"] == "retained lost" && lost["problem"]?.contains(#""problem": "ON""#) == true)
    let paused = now(.device(Event.Device(state: .paused, name: "default")))
    #expect(paused["listening"] == "retained OFF" && paused["problem"]?.contains(#""problem": "OFF""#) == true)
    let back = now(.device(Event.Device(state: .listening, name: "default")))
    #expect(back["listening"] == "retained ON")
    let silent = now(.condition(Event.Condition(condition: .silent, on: true)))
    #expect(silent["problem"]?.contains(#""problem": "ON", "state": "listening", "conditions": ["silent"]"#) == true)
    let sound = now(.condition(Event.Condition(condition: .silent, on: false)))
    #expect(sound["problem"]?.contains(#""problem": "OFF""#) == true)
  }

  @Test func `the level is published at intervals`() {
    var settings = MQTTBridge.Settings(topics: Self.topics, name: "Kitchen", discoveryPrefix: nil)
    settings.levelInterval = 100
    var bridge = MQTTBridge(settings: settings)
    _ = bridge.handle(.daemonConnected(hello()), now: 0)
    // Nobody wants to know later how loud it was.
    let level = Event.level(
      Event.Level(rmsDBFS: -60.04, peakDBFS: -50, noiseFloorDBFS: -62, thresholdDBFS: -50, speech: false))
    #expect(bridge.handle(.event(envelope(level)), now: 0).isEmpty)
    for delivery in published(bridge.handle(.brokerConnected, now: 0)).keys { #expect(delivery != "level") }
    for id in 1...10 { _ = bridge.handle(.confirmed(id: id), now: 0) }
    let times: [Int64] = [99, 100, 101, 199, 200]
    let readings = times.map { published(bridge.handle(.event(envelope(level)), now: $0))["level"] }
    let reading = #"{"rms_dbfs": -60.0, "peak_dbfs": -50.0, "noise_floor_dbfs": -62.0}"#
    #expect(readings == [nil, reading, nil, nil, reading])
  }

  @Test(arguments: [("ON", false), ("OFF", true)]) func `the switch pauses and resumes`(payload: String, isPaused: Bool)
  {
    var bridge = bridge()
    #expect(
      bridge.handle(.message(topic: "digits/kitchen/listening/set", payload: payload), now: 0) == [.pause(isPaused)])
  }

  @Test func `anything that is not a command is ignored`() {
    var bridge = bridge(discovery: "homeassistant")
    for (topic, payload) in [
      ("digits/kitchen/listening/set", "on"), ("digits/kitchen/listening/set", ""), ("digits/hall/listening/set", "ON"),
      ("homeassistant/status", "offline"),
    ] {
      #expect(bridge.handle(.message(topic: topic, payload: payload), now: 0).isEmpty)
    }
  }

  @Test func `Home Assistant gets the entities, and again when it restarts`() throws {
    var bridge = bridge(discovery: "homeassistant")
    #expect(bridge.handle(.brokerConnected, now: 0).contains(.subscribe(topic: "homeassistant/status")))
    let told = published(bridge.handle(.daemonConnected(hello()), now: 0))
    let configurations = told.filter { $0.key.hasPrefix("homeassistant/") }
    #expect(
      configurations.keys.sorted() == [
        "homeassistant/binary_sensor/digits_kitchen/problem/config", "homeassistant/event/digits_kitchen/digit/config",
        "homeassistant/event/digits_kitchen/number/config", "homeassistant/sensor/digits_kitchen/level/config",
        "homeassistant/sensor/digits_kitchen/state/config", "homeassistant/switch/digits_kitchen/listening/config",
      ])
    for (topic, configuration) in configurations {
      #expect(configuration.hasPrefix("retained "))
      let kind = String(topic.split(separator: "/")[1])
      #expect(configuration.contains("\"default_entity_id\": \"\(kind).digits_kitchen_"))
      #expect(configuration.contains(#""availability_topic": "digits/kitchen/availability""#))
      #expect(configuration.contains(#""unique_id": "digits_kitchen_"#))
      #expect(configuration.contains(#""identifiers": ["digits_kitchen"], "name": "Kitchen""#))
      #expect(configuration.contains(#""model": "digits", "sw_version": "1.2""#))
    }
    for id in 1...20 { _ = bridge.handle(.confirmed(id: id), now: 0) }
    let again = published(bridge.handle(.message(topic: "homeassistant/status", payload: "online"), now: 0))
    #expect(again.filter { $0.key.hasPrefix("homeassistant/") } == configurations)
  }

  /// Two rooms of one identifier would be one device.
  @Test func `distinct topics have distinct identifiers`() {
    func identifier(_ topic: String) -> String { RoomTopics(base: topic).identifier }
    #expect(identifier("digits/kitchen") == "digits_kitchen")
    let topics = [
      "digits/living-room", "digits/living_room", "digits/living/room", "digits_living/room", "digits/living.room",
      "digits/Küche", "digits/Kache", "digits/Köche",
    ]
    let identifiers = topics.map(identifier)
    #expect(Set(identifiers).count == topics.count)
    let plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
    #expect(identifiers.allSatisfy { $0.allSatisfy(plain.contains) })
    // Its entities keep a name that one can say.
    #expect(RoomTopics(base: "digits/living-room").word == "digits_living_room")
  }

  @Test func `the end is published before it finishes`() {
    var bridge = bridge()
    #expect(bridge.handle(.end, now: 0) != [.finished])
    _ = bridge.handle(.brokerConnected, now: 0)
    var ids: [Int] = []
    for case .publish(let delivery) in bridge.handle(.end, now: 0) { ids.append(delivery.id) }
    var finished: [MQTTBridge.Action] = []
    for id in 1...10 { finished += bridge.handle(.confirmed(id: id), now: 0).filter { $0 == .finished } }
    #expect(!ids.isEmpty && finished.first == .finished)
    // A broker that goes meanwhile says it for us.
    #expect(bridge.handle(.brokerLost, now: 0) == [.finished])
  }

  @Test(arguments: ["", "a/#", "+/b", "/a", "a/", "$SYS/a", String(repeating: "a", count: 201)])
  func `these names cannot be topics`(base: String) { #expect(RoomTopics.problem(with: base) != nil) }

  @Test func `a topic is named in letters and digits`() {
    #expect(RoomTopics.problem(with: "digits/küche 2") == nil)
    #expect(RoomTopics(base: "digits/küche 2").word == "digits_k_che_2")
  }
}
