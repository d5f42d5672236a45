package import Events

/// The only message in a line, nil if it is not exactly one.
package func message(_ line: [UInt8]) -> Message? {
  var parser = MessageParser()
  let outputs = parser.push(line)
  guard outputs.count == 1, case .message(let message)? = outputs.first else { return nil }
  return message
}

package func envelope(_ line: [UInt8]) throws -> EventEnvelope? {
  guard let message = message(line) else { return nil }
  return try EventEnvelope(type: message.type, data: message.data)
}
