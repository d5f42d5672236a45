import JSON

/// Parses messages from bytes as they arrive; a pure state machine that accepts any input.
///
/// A header line may carry its `data` inline, or in a block of `data_length` bytes after it, or both (the block's
/// members count), then `payload_length` bytes. Errors are reported, and parsing continues where the next message must
/// begin: at the next newline after a line that is too long or not JSON, and after the payload of a block that is not
/// JSON. Only after an impossible length it cannot continue: the parser has then failed, and ignores the rest.
public struct MessageParser: Sendable {
  public struct Limits: Sendable {
    /// Bytes of a header line, its newline included.
    public var line: Int
    /// Bytes of a `data_length` block.
    public var data: Int
    /// Bytes of a payload.
    public var payload: Int

    public init(line: Int = EventEnvelope.maximumLine, data: Int = EventEnvelope.maximumLine, payload: Int = 1 << 20) {
      self.line = line
      self.data = data
      self.payload = payload
    }
  }

  /// The error, in words for the sender.
  public struct Violation: Sendable, Equatable {
    public var failure: Event.Failure
    /// Whether the rest of the stream cannot be parsed.
    public var isFatal: Bool

    public init(failure: Event.Failure, isFatal: Bool) {
      self.failure = failure
      self.isFatal = isFatal
    }
  }

  public enum Output: Sendable, Equatable {
    case message(Message)
    case violation(Violation)
  }

  private enum State {
    case line([UInt8])
    /// Inside a line that was too long.
    case skippingLine
    case block(Header, [UInt8])
    case payload(Header, JSONObject, [UInt8])
    /// This many payload bytes without a message.
    case skippingPayload(Int)
    case failed
  }

  private struct Header {
    var type: String
    var data: JSONObject
    var misplaced: [String]
    var dataLength: Int
    var payloadLength: Int
    /// The most bytes of memory that its data may take: a value takes at least two bytes on the wire, and lies in an
    /// array with room for at most twice as many.
    var weight: Int

    func message(_ data: JSONObject, payload: [UInt8] = []) -> Message {
      var message = Message(type: type, data: data, payload: payload)
      message.misplaced = misplaced
      return message
    }
  }

  /// The types whose payloads are kept. Other payloads are skipped, and their messages come without them.
  package enum Payloads: Sendable, Equatable {
    case all
    case none
    case of(RequestType)
  }

  /// What the data of requests may hold. Other fields of the line may be a later version's.
  private static let dataFields = RequestType.allCases.flatMap(\.fields).reduce(into: [String]()) { fields, field in
    if !fields.contains(field) { fields.append(field) }
  }

  package var payloads = Payloads.all
  private let limits: Limits
  private var state = State.line([])
  private var isFirstLine = true

  public init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// Whether the next byte would be the first of a message.
  public var isBetweenMessages: Bool {
    if case .line(let bytes) = state { bytes.isEmpty } else { false }
  }

  /// Takes the next bytes; returns the messages that they complete, in order.
  public mutating func push(_ bytes: [UInt8]) -> [Output] {
    bytes.withUnsafeBytes { push($0) }
  }

  /// Takes the next bytes; returns the messages that they complete, in order.
  public mutating func push(_ bytes: UnsafeRawBufferPointer) -> [Output] {
    var rest = bytes[...]
    var outputs: [Output] = []
    while let output = next(&rest) { outputs.append(output) }
    return outputs
  }

  /// Takes bytes from the front of `rest` up to the end of the first message that they complete; nil when all are
  /// taken.
  package mutating func next(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Output? {
    while let output = step(&rest) {
      if case .some(let output) = output { return output }
    }
    return nil
  }

  /// The memory of the incomplete message, in bytes, at most.
  package var bytesHeld: Int {
    switch state {
    case .line(let bytes): bytes.capacity
    case .block(let header, let bytes), .payload(let header, _, let bytes): header.weight + bytes.capacity
    case .skippingLine, .skippingPayload, .failed: 0
    }
  }

  /// One transition; nil when more bytes are needed.
  private mutating func step(_ rest: inout Slice<UnsafeRawBufferPointer>) -> Output?? {
    switch state {
    case .line(var partial):
      guard !rest.isEmpty else { return nil }
      state = .failed  // so that the array is not copied while it grows
      guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else {
        guard partial.count + rest.count < limits.line else {
          rest = rest[rest.endIndex...]
          state = .skippingLine
          return .some(.none)
        }
        partial.append(contentsOf: rest)
        rest = rest[rest.endIndex...]
        state = .line(partial)
        return .some(.none)
      }
      let line = rest[..<newline]
      rest = rest[(newline + 1)...]
      guard partial.count + line.count < limits.line else {
        state = .line([])
        return tooLong()
      }
      partial.append(contentsOf: line)
      return take(line: partial)

    case .skippingLine:
      guard let newline = rest.firstIndex(of: UInt8(ascii: "\n")) else {
        rest = rest[rest.endIndex...]
        return nil
      }
      rest = rest[(newline + 1)...]
      state = .line([])
      return tooLong()

    case .block(let header, var bytes):
      state = .failed
      Self.move(&rest, to: &bytes, upTo: header.dataLength)
      guard bytes.count == header.dataLength else {
        state = .block(header, bytes)
        return nil
      }
      return take(block: bytes, of: header)

    case .payload(let header, let data, var bytes):
      state = .failed
      Self.move(&rest, to: &bytes, upTo: header.payloadLength)
      guard bytes.count == header.payloadLength else {
        state = .payload(header, data, bytes)
        return nil
      }
      state = .line([])
      return .some(.message(header.message(data, payload: bytes)))

    case .skippingPayload(let count):
      let skipped = min(count, rest.count)
      rest = rest.dropFirst(skipped)
      guard skipped == count else {
        state = .skippingPayload(count - skipped)
        return nil
      }
      state = .line([])
      return .some(.none)

    case .failed:
      rest = rest[rest.endIndex...]
      return nil
    }
  }

  private static func move(_ rest: inout Slice<UnsafeRawBufferPointer>, to bytes: inout [UInt8], upTo count: Int) {
    let part = rest.prefix(count - bytes.count)
    bytes.append(contentsOf: part)
    rest = rest[part.endIndex...]
  }

  private mutating func take(line: [UInt8]) -> Output?? {
    state = .line([])
    var line = line
    // The byte order mark that some programs write before UTF-8 text. Nothing else is accepted.
    if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    isFirstLine = false
    guard line.contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) else { return .some(.none) }
    let object: JSONObject
    do throws(JSONError) {
      guard let value = try JSONParser.parse(line).object else { return wrong("the line is not a JSON object") }
      object = value
    } catch {
      return wrong("the line is \(error)")
    }
    guard let type = object["type"]?.string else { return wrong("the line has no \"type\" that is a string") }
    let data: JSONObject
    switch object["data"] {
    case .object(let inline)?: data = inline
    case .null?, nil: data = JSONObject()
    default: return wrong("\"data\" is not an object")
    }
    var lengths = [0, 0]
    for (index, (name, limit)) in [("data_length", limits.data), ("payload_length", limits.payload)].enumerated() {
      guard let value = object[name], value != .null else { continue }
      guard let length = value.integer, length >= 0 else {
        return fatal("\"\(name)\" is not a number of bytes", .badRequest)
      }
      guard length <= limit else { return fatal("\"\(name)\" is over the limit of \(limit) bytes", .tooLarge) }
      lengths[index] = length
    }
    let header = Header(
      type: type, data: data, misplaced: Self.dataFields.filter { object[$0] != nil }, dataLength: lengths[0],
      payloadLength: lengths[1],
      weight: (line.count + lengths[0]) * MemoryLayout<JSONValue>.stride)
    if header.dataLength > 0 {
      state = .block(header, [])
      return .some(.none)
    }
    return expectPayload(header, data)
  }

  private mutating func take(block: [UInt8], of header: Header) -> Output?? {
    var data = header.data
    do throws(JSONError) {
      guard let members = try JSONParser.parse(block).object else { return skipPayload(header, "is not an object") }
      data.merge(members)
    } catch {
      return skipPayload(header, "is \(error)")
    }
    return expectPayload(header, data)
  }

  private mutating func skipPayload(_ header: Header, _ problem: String) -> Output?? {
    state = header.payloadLength > 0 ? .skippingPayload(header.payloadLength) : .line([])
    return .some(
      .violation(
        Violation(failure: Event.Failure(text: "the data block \(problem)", code: .badRequest), isFatal: false)))
  }

  private mutating func expectPayload(_ header: Header, _ data: JSONObject) -> Output?? {
    guard header.payloadLength > 0, keepsPayload(of: header) else {
      state = header.payloadLength > 0 ? .skippingPayload(header.payloadLength) : .line([])
      return .some(.message(header.message(data)))
    }
    state = .payload(header, data, [])
    return .some(.none)
  }

  private func keepsPayload(of header: Header) -> Bool {
    switch payloads {
    case .all: true
    case .none: false
    case .of(let type): header.type == type.rawValue
    }
  }

  private func wrong(_ text: String) -> Output?? {
    .some(.violation(Violation(failure: Event.Failure(text: text, code: .badRequest), isFatal: false)))
  }

  private func tooLong() -> Output?? {
    let text = "the line is over the limit of \(limits.line) bytes"
    return .some(.violation(Violation(failure: Event.Failure(text: text, code: .tooLarge), isFatal: false)))
  }

  private mutating func fatal(_ text: String, _ code: Event.Failure.Code) -> Output?? {
    state = .failed
    return .some(.violation(Violation(failure: Event.Failure(text: text, code: code), isFatal: true)))
  }
}
