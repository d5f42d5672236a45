public import JSON

/// One message of the Wyoming protocol: a type, its data, and its payload.
public struct Message: Sendable, Equatable {
  public var type: String
  public var data: JSONObject
  public var payload: [UInt8]
  /// Fields of a request that stood beside `data`, where nobody looks for them.
  package var misplaced: [String] = []

  public init(type: String, data: JSONObject = JSONObject(), payload: [UInt8] = []) {
    self.type = type
    self.data = data
    self.payload = payload
  }

  package init(_ type: RequestType, data: JSONObject = JSONObject(), payload: [UInt8] = []) {
    self.init(type: type.rawValue, data: data, payload: payload)
  }

  /// The message as bytes on the wire, its data inline.
  public func encoded() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { writer in
      writer.member("type", type)
      writer.name("data")
      writer.value(data)
      if !payload.isEmpty { writer.member("payload_length", payload.count) }
    }
    writer.append(byte: UInt8(ascii: "\n"))
    return writer.bytes + payload
  }
}
