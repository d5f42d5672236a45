public import JSON

/// One thing that the daemon says: something heard, the state of the microphone, or the answer to a request.
///
/// Times in milliseconds are on the stream's own clock: since capture began, losses included.
public enum Event: Sendable, Equatable {
  case hello(Hello)
  case voiceStarted(VoiceBoundary)
  case voiceStopped(VoiceBoundary)
  case transcript(Transcript)
  case number(Number)
  case notDetected(NotDetected)
  case level(Level)
  case spectrum(Spectrum)
  case device(Device)
  case condition(Condition)
  case overrun(Overrun)
  case dropped(Dropped)
  case info(Info)
  case status(Status)
  case pong(Pong)
  case subscribed(Subscribed)
  case error(Failure)
  /// The answer to a client's own recording: on the line a `transcript` too, because Wyoming's clients wait for one.
  case recordingTranscript(RecordingTranscript)
  /// A type that this version does not know, as it came; only a client ever sees one.
  case unknown(type: String, data: JSONObject)

  /// The types of this version. The raw values are the names on the line.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case hello
    case voiceStarted = "voice-started"
    case voiceStopped = "voice-stopped"
    case transcript, number
    case notDetected = "not-detected"
    case level, spectrum, device, condition, overrun, dropped, info, status, pong, subscribed, error

    /// Whether it is sent to every subscriber; the others are said to one of them alone.
    public var isBroadcast: Bool {
      switch self {
      case .voiceStarted, .voiceStopped, .transcript, .number, .notDetected, .level, .spectrum, .device, .condition,
        .overrun:
        true
      case .hello, .dropped, .info, .status, .pong, .subscribed, .error: false
      }
    }

    /// Whether only those get it who ask for it by name: what comes ten times a second, and is not even made while nobody
    /// asks.
    public var isOnDemand: Bool {
      switch self {
      case .level, .spectrum: true
      default: false
      }
    }

    /// Whether `sequence` rises by one with it.
    public var isNumbered: Bool { isBroadcast && !isOnDemand }
  }

  /// Nil for an unknown type, and for the answer to a recording, which is no event to subscribe to.
  public var kind: Kind? {
    switch self {
    case .hello: .hello
    case .voiceStarted: .voiceStarted
    case .voiceStopped: .voiceStopped
    case .transcript: .transcript
    case .number: .number
    case .notDetected: .notDetected
    case .level: .level
    case .spectrum: .spectrum
    case .device: .device
    case .condition: .condition
    case .overrun: .overrun
    case .dropped: .dropped
    case .info: .info
    case .status: .status
    case .pong: .pong
    case .subscribed: .subscribed
    case .error: .error
    case .recordingTranscript, .unknown: nil
    }
  }

  /// The name of the type on the line.
  public var type: String {
    switch self {
    case .recordingTranscript: Kind.transcript.rawValue
    case .unknown(let type, _): type
    default: kind?.rawValue ?? ""
    }
  }
}

/// An event with what every event has: when it was said, and its number.
public struct EventEnvelope: Sendable, Equatable {
  public var time: WallTime
  /// Rises by one with every broadcast event but `level` and `spectrum`; the others repeat the last number.
  public var sequence: Int
  public var event: Event

  public init(time: WallTime, sequence: Int, event: Event) {
    self.time = time
    self.sequence = sequence
    self.event = event
  }
}
