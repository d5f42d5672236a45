import Events
import JSON
import TestSupport
import Testing

@Suite struct MessageParserTests {
  @Test func `data may be inline, in a block, or both`() {
    var parser = MessageParser()
    let text = """
      {"type": "a", "data": {"x": 1}}
      {"type": "b", "version": "1.10.2", "data_length": 8}
      {"y": 2}{"type": "c", "data": {"x": 1, "y": 1}, "data_length": 8, "payload_length": 3}
      {"y": 2}\u{0}\u{1}
      {"type": "d", "data": null, "data_length": null, "payload_length": 0}

      """
    let outputs = parser.push(Array(text.utf8))
    #expect(outputs.count == 4)
    #expect(outputs.first == .message(Message(type: "a", data: ["x": 1])))
    #expect(outputs.dropFirst().first == .message(Message(type: "b", data: ["y": 2])))
    guard case .message(let third)? = outputs.dropFirst(2).first else {
      Issue.record("no third message")
      return
    }
    #expect(third.payload == [0, 1, 10])
    #expect(third.data["x"] == 1)
    #expect(third.data["y"] == 2)
    #expect(outputs.last == .message(Message(type: "d")))
    #expect(parser.isBetweenMessages)
  }

  @Test func `a byte order mark before the first line is ignored`() {
    var parser = MessageParser()
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let line = Array("{\"type\": \"ping\"}\n".utf8)
    #expect(parser.push(mark + line) == [.message(Message(type: "ping"))])
    // Later it is no mark.
    guard case .violation? = parser.push(mark + line).first else {
      Issue.record("a mark in the middle was passed over")
      return
    }
  }

  /// Cut at any place, a stream means the same.
  @Test func `chunks do not matter`() {
    var generator = SeededGenerator(seed: 10)
    for _ in 0..<300 {
      let stream = randomStream(using: &generator)
      var whole = MessageParser(limits: Self.small)
      let expected = whole.push(stream)
      var parser = MessageParser(limits: Self.small)
      var outputs: [MessageParser.Output] = []
      var rest = stream[...]
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1...max(1, rest.count / 3), using: &generator))
        outputs += parser.push(Array(part))
        rest = rest.dropFirst(part.count)
      }
      #expect(outputs == expected)
      #expect(parser.isBetweenMessages == whole.isBetweenMessages)
    }
  }

  @Test func `a line that is too long is skipped, and the next is read`() {
    var parser = MessageParser()
    var outputs: [MessageParser.Output] = []
    let chunk = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 16)
    for _ in 0..<160 { outputs += parser.push(chunk) }
    #expect(outputs.isEmpty)
    outputs += parser.push(Array("\n{\"type\": \"ping\"}\n".utf8))
    #expect(outputs.count == 2)
    guard case .violation(let violation)? = outputs.first else {
      Issue.record("no violation")
      return
    }
    #expect(violation.failure.code == .tooLarge)
    #expect(!violation.isFatal)
    #expect(outputs.last == .message(Message(type: "ping")))
  }

  @Test func `a line may be exactly as long as the limit`() {
    func line(_ count: Int) -> [UInt8] {
      let frame = Array("{\"type\": \"a\", \"data\": {\"t\": \"\"}}\n".utf8)
      return Array("{\"type\": \"a\", \"data\": {\"t\": \"".utf8)
        + [UInt8](repeating: UInt8(ascii: "x"), count: count - frame.count) + Array("\"}}\n".utf8)
    }
    var parser = MessageParser()
    guard case .message? = parser.push(line(65_535)).first else {
      Issue.record("the longest line was refused")
      return
    }
    guard case .violation? = parser.push(line(65_536)).first else {
      Issue.record("a line over the limit was taken")
      return
    }
    // The same when its end comes alone.
    let long = line(65_536)
    #expect(parser.push(Array(long.dropLast())).isEmpty)
    #expect(parser.push([UInt8(ascii: "\n")]).count == 1)
  }

  @Test(arguments: [
    "hello", "[1]", "{}", "{\"type\": 1}", "{\"type\": \"a\", \"data\": 3}", "{\"type\": \"a\"", "\u{0}\u{1}",
  ])
  func `a bad line is reported and skipped`(line: String) {
    var parser = MessageParser()
    let outputs = parser.push(Array("\(line)\n{\"type\": \"ping\"}\n".utf8))
    #expect(outputs.count == 2)
    guard case .violation(let violation)? = outputs.first else {
      Issue.record("no violation")
      return
    }
    #expect(violation.failure.code == .badRequest && !violation.isFatal)
    #expect(outputs.last == .message(Message(type: "ping")))
  }

  @Test func `a bad block is reported and its payload skipped`() {
    var parser = MessageParser()
    let text = "{\"type\": \"a\", \"data_length\": 2, \"payload_length\": 4}\nxx\n\n\n\n{\"type\": \"b\"}\n"
    let outputs = parser.push(Array(text.utf8))
    #expect(outputs.count == 2)
    #expect(outputs.last == .message(Message(type: "b")))
  }

  @Test func `a payload that nobody wants is skipped and takes no memory`() {
    var parser = MessageParser()
    parser.payloads = .of(.audioChunk)
    let payload = [UInt8](repeating: 7, count: 100_000)
    for type in ["other", "audio-chunk"] {
      let encoded = Message(type: type, data: ["x": 1], payload: payload).encoded()
      let most = type == "audio-chunk" ? 200_000 : 0
      var outputs = parser.push(Array(encoded.dropLast(10)))
      #expect(parser.bytesHeld <= most + 10_000 && !parser.isBetweenMessages)
      #expect(parser.bytesHeld >= most / 4)
      outputs += parser.push(Array(encoded.suffix(10)))
      #expect(outputs == [.message(Message(type: type, data: ["x": 1], payload: most > 0 ? payload : []))])
      #expect(parser.bytesHeld == 0 && parser.isBetweenMessages)
    }
    parser.payloads = .none
    #expect(
      parser.push(Message(type: "sound", payload: [1]).encoded() + Message(type: "ping").encoded()) == [
        .message(Message(type: "sound")), .message(Message(type: "ping")),
      ])
  }

  @Test(arguments: ["-1", "1.5", "\"3\"", "99999999999", "1e300", "true"])
  func `an impossible length is fatal`(length: String) {
    for field in ["data_length", "payload_length"] {
      var parser = MessageParser()
      let outputs = parser.push(Array("{\"type\": \"a\", \"\(field)\": \(length)}\n{\"type\": \"b\"}\n".utf8))
      #expect(outputs.count == 1)
      guard case .violation(let violation)? = outputs.first else {
        Issue.record("no violation")
        return
      }
      #expect(violation.isFatal)
      #expect(violation.failure.text.contains(field))
      #expect(parser.push(Array("{\"type\": \"b\"}\n".utf8)).isEmpty)
    }
  }

  @Test func `empty lines mean nothing`() {
    var parser = MessageParser()
    #expect(parser.push(Array("\n\r\n  \n{\"type\": \"a\"}\r\n".utf8)) == [.message(Message(type: "a"))])
  }

  @Test func `random bytes are survived`() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<200 {
      var parser = MessageParser(limits: Self.small)
      for _ in 0..<20 {
        let bytes = (0..<Int.random(in: 0..<400, using: &generator)).map { _ in
          UInt8.random(in: 0...255, using: &generator)
        }
        for case .message(let message) in parser.push(bytes) { Issue.record("noise became \(message)") }
      }
    }
  }

  private static let small = MessageParser.Limits(line: 128, data: 64, payload: 200)

  private func randomStream(using generator: inout SeededGenerator) -> [UInt8] {
    var stream: [UInt8] = []
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      let data = Array("{\"k\": \(Int.random(in: 0...99, using: &generator))}".utf8)
      let payload = (0..<Int.random(in: 0...150, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: stream += Message(type: "a", data: ["n": 1], payload: payload).encoded()
      case 1:
        stream += Array(
          "{\"type\": \"b\", \"data_length\": \(data.count), \"payload_length\": \(payload.count)}\n".utf8)
        stream += data + payload
      case 2: stream += [UInt8](repeating: 0x41, count: 300) + [0x0A]
      case 3:
        stream +=
          Array("{\"type\": \"c\", \"data_length\": 3, \"payload_length\": \(payload.count)}\n{,}".utf8) + payload
      case 4: stream += Array("nonsense\n".utf8)
      default: stream += Array("{\"type\": \"d\"}\n".utf8)
      }
    }
    return stream
  }
}
