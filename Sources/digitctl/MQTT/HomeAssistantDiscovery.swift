import Events
import Files
import JSON

/// Describes one microphone to Home Assistant as a device: its digits and numbers, a switch that pauses it, and its
/// state (MQTT discovery, https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery).
struct HomeAssistantDiscovery {
  /// The discovery prefix, "homeassistant" by default.
  var prefix: String
  var topics: RoomTopics
  /// The device's name.
  var name: String

  /// A configuration for each entity, by its topic, with the daemon's model and version.
  func configurations(model: String, version: String) -> [(topic: String, payload: JSONObject)] {
    let device: JSONObject = [
      "identifiers": .array([.string(topics.identifier)]), "name": .string(name), "manufacturer": "digitd",
      "model": .string(model), "sw_version": .string(version),
    ]
    return entities.map { entity in
      var payload = entity.payload
      payload["unique_id"] = .string("\(topics.identifier)_\(entity.key)")
      // Home Assistant uses the second since version 2025.10, and warns if there is only the first.
      payload["object_id"] = .string("\(topics.word)_\(entity.key)")
      payload["default_entity_id"] = .string("\(entity.component).\(topics.word)_\(entity.key)")
      payload["availability_topic"] = .string(topics.availability)
      payload["device"] = .object(device)
      payload["origin"] = .object(["name": "digitd", "sw_version": .string(version)])
      return ("\(prefix)/\(entity.component)/\(topics.identifier)/\(entity.key)/config", payload)
    }
  }

  private struct Entity {
    var component: String
    var key: String
    var payload: JSONObject
  }

  private var entities: [Entity] {
    [
      Entity(
        component: "event", key: "digit",
        payload: [
          "name": "Digit", "icon": "mdi:numeric", "state_topic": .string(topics.digit),
          "event_types": .array((0...9).map { .string("\($0)") }), "qos": 1,
        ]),
      Entity(
        component: "event", key: "number",
        payload: [
          "name": "Number", "icon": "mdi:dialpad", "state_topic": .string(topics.number),
          "event_types": .array([.string("number"), .string("incomplete")]), "qos": 1,
        ]),
      Entity(
        component: "sensor", key: "state",
        payload: [
          "name": "State", "icon": "mdi:microphone-question", "state_topic": .string(topics.state),
          "entity_category": "diagnostic",
        ]),
      Entity(
        component: "sensor", key: "level",
        payload: [
          "name": "Level", "device_class": "signal_strength", "unit_of_measurement": "dB", "state_class": "measurement",
          "state_topic": .string(topics.level), "value_template": "{{ value_json.rms_dbfs }}",
          "json_attributes_topic": .string(topics.level), "entity_category": "diagnostic",
          "enabled_by_default": false,
        ]),
      Entity(
        component: "binary_sensor", key: "problem",
        payload: [
          "name": "Problem", "device_class": "problem", "state_topic": .string(topics.problem),
          "value_template": "{{ value_json.problem }}", "json_attributes_topic": .string(topics.problem),
          "entity_category": "diagnostic",
        ]),
      Entity(
        component: "switch", key: "listening",
        payload: [
          "name": "Listening", "icon": "mdi:microphone", "state_topic": .string(topics.listening),
          "command_topic": .string(topics.listeningCommand), "qos": 1,
        ]),
    ]
  }
}

/// The topics of one microphone, all under its base topic: "digits/kitchen".
package struct RoomTopics: Sendable, Equatable {
  package var base: String

  package init(base: String) { self.base = base }

  var availability: String { base + "/availability" }
  var digit: String { base + "/digit" }
  var number: String { base + "/number" }
  var state: String { base + "/state" }
  var level: String { base + "/level" }
  var problem: String { base + "/problem" }
  var listening: String { base + "/listening" }
  var listeningCommand: String { base + "/listening/set" }

  /// A name for it of letters, digits and underscores: "digits_kitchen". Another room's may be the same.
  package var word: String { String(base.unicodeScalars.map { Self.isPlain($0) ? Character($0) : "_" }) }

  /// Such a name that is no other room's: where more than slashes became underscores, a number made of the topic follows.
  package var identifier: String {
    if base.unicodeScalars.allSatisfy({ $0 == "/" || Self.isPlain($0) }) { return word }
    return "\(word)_\(zeroPadded(Fingerprint.short(of: Array(base.utf8)), 8, radix: 16))"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
  }

  /// Why `base` cannot be a topic; nil if it can.
  package static func problem(with base: String) -> String? {
    if base.isEmpty { return "a topic needs a name" }
    if base.utf8.count > 200 { return "a topic of more than 200 bytes is too long" }
    if base.contains(where: { $0 == "#" || $0 == "+" || $0 == "\0" }) { return "a topic has no #, + or NUL" }
    if base.hasPrefix("/") || base.hasSuffix("/") { return "a topic begins and ends with a name, not with /" }
    if base.hasPrefix("$") { return "topics that begin with $ are the broker's own" }
    return nil
  }
}
