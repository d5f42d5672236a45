/// The types of a client's messages: the daemon's own requests and those of the Wyoming protocol. The raw values are the
/// names on the line.
package enum RequestType: String, Sendable, CaseIterable {
  case subscribe, describe, status, ping, pause, resume, transcribe
  case audioStart = "audio-start"
  case audioChunk = "audio-chunk"
  case audioStop = "audio-stop"

  /// What its data may hold.
  package var fields: [String] {
    switch self {
    case .subscribe: ["events"]
    case .ping: ["text"]
    case .audioStart, .audioChunk: ["rate", "width", "channels"]
    case .describe, .status, .pause, .resume, .transcribe, .audioStop: []
    }
  }
}
