import JSON

/// A request from a client.
public enum ClientRequest: Sendable, Equatable {
  /// Only these live events from now on.
  case subscribe([Event.Kind])
  case describe
  case status
  case ping(text: String?)
  /// Close the microphone, and open it again; answered by the `device` event.
  case pause, resume
  /// A recording to be recognised: mono samples, −1…1, at `rate` Hz.
  case recording(samples: [Float], rate: Int)

  /// The request as bytes on the wire.
  public func encoded() -> [UInt8] {
    switch self {
    case .subscribe(let kinds):
      let names = kinds.map { JSONValue.string($0.rawValue) }
      return Message(.subscribe, data: ["events": .array(names)]).encoded()
    case .describe: return Message(.describe).encoded()
    case .status: return Message(.status).encoded()
    case .ping(let text): return Message(.ping, data: text.map { ["text": .string($0)] } ?? [:]).encoded()
    case .pause: return Message(.pause).encoded()
    case .resume: return Message(.resume).encoded()
    case .recording(let samples, let rate): return Self.encode(samples, rate: rate)
    }
  }

  private static func encode(_ samples: [Float], rate: Int) -> [UInt8] {
    let format: JSONObject = ["rate": .integer(rate), "width": 2, "channels": 1]
    var bytes = Message(.transcribe).encoded() + Message(.audioStart, data: format).encoded()
    for start in stride(from: 0, to: samples.count, by: 8192) {
      var payload: [UInt8] = []
      for sample in samples[start..<min(start + 8192, samples.count)] {
        let finite = sample.isFinite ? sample : 0
        let value = UInt16(bitPattern: Int16((min(max(finite, -1), 1) * 32_767).rounded()))
        payload.append(UInt8(truncatingIfNeeded: value))
        payload.append(UInt8(truncatingIfNeeded: value >> 8))
      }
      bytes += Message(.audioChunk, data: format, payload: payload).encoded()
    }
    return bytes + Message(.audioStop).encoded()
  }
}
