import Events
import JSON
import TestSupport
import Testing

@Suite struct SchemaTests {
  private let schema: Schema

  init() throws { schema = try Schema.ofEvents() }

  private func line(_ event: Event) -> [UInt8] {
    EventEnvelope(time: Samples.time, sequence: 41, event: event).line()
  }

  @Test(arguments: Samples.known) func `every event fits the schema`(event: Event) {
    #expect(schema.problems(withLine: line(event)).isEmpty)
  }

  @Test func `every type is described`() {
    #expect(Event.Kind.allCases.map(\.rawValue).filter { !schema.names.contains($0) }.isEmpty)
  }

  /// A schema that lets anything through would say nothing.
  @Test(arguments: Samples.known) func `an event without one of its fields does not fit`(event: Event) throws {
    let whole = try #require(try JSONParser.parse(line(event)).object)
    let data = try #require(whole["data"]?.object)
    let optional = ["lost_ms": "device", "text": "pong"]
    for field in data.members.map(\.name) where optional[field] != event.type {
      var (less, message) = (data, whole)
      less[field] = nil
      message["data"] = .object(less)
      #expect(!schema.problems(with: .object(message)).isEmpty, "without \(field)")
    }
    var (more, message) = (data, whole)
    more["no_such_field"] = 1
    message["data"] = .object(more)
    #expect(!schema.problems(with: .object(message)).isEmpty)
  }

  @Test(
    arguments: [
      ("digit", 10), ("digit", "7"), ("confidence", .number(1.5)), ("probabilities", []), ("time", "now"),
      ("sequence", -1),
      ("start_ms", .number(0.5)), ("text", ""),
    ] as [(String, JSONValue)])
  func `a field with an impossible value does not fit`(field: String, value: JSONValue) throws {
    var message = try #require(
      try JSONParser.parse(line(.transcript(Event.Transcript(guess: Samples.guess, timing: Samples.timing)))).object)
    var data = try #require(message["data"]?.object)
    data[field] = value
    message["data"] = .object(data)
    #expect(!schema.problems(with: .object(message)).isEmpty)
  }

  @Test(arguments: [
    ClientRequest.subscribe([.transcript, .level]), .describe, .status, .ping(text: nil), .ping(text: "x"), .pause,
    .resume, .recording(samples: [0, 0.5, -0.5], rate: 16_000),
  ])
  func `every request fits the schema`(request: ClientRequest) throws {
    var parser = MessageParser()
    for output in parser.push(request.encoded()) {
      guard case .message(let message) = output else { throw TestFailure(description: "\(output)") }
      var object: JSONObject = ["type": .string(message.type), "data": .object(message.data)]
      if !message.payload.isEmpty { object["payload_length"] = .integer(message.payload.count) }
      #expect(schema.problems(with: .object(object), as: "request").isEmpty)
    }
    #expect(parser.isBetweenMessages)
  }
}
