public import JSON

/// One event of the daemon: something heard, the microphone's state, or the answer to a request.
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
  /// A type unknown to this version, unchanged; only clients see one.
  case unknown(type: String, data: JSONObject)

  /// The types of this version. The raw values are the names on the line.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case hello
    case voiceStarted = "voice-started"
    case voiceStopped = "voice-stopped"
    case transcript, number
    case notDetected = "not-detected"
    case level, spectrum, device, condition, overrun, dropped, info, status, pong, subscribed, error

    /// Whether it is sent to every subscriber; other events go to one client alone.
    public var isBroadcast: Bool {
      switch self {
      case .voiceStarted, .voiceStopped, .transcript, .number, .notDetected, .level, .spectrum, .device, .condition,
        .overrun:
        true
      case .hello, .dropped, .info, .status, .pong, .subscribed, .error: false
      }
    }

    /// All that are sent to every subscriber, in the order of the declaration.
    public static let broadcast = allCases.filter(\.isBroadcast)

    /// Whether it is sent only on request: it occurs ten times a second, and is not even made without a request.
    public var isOnDemand: Bool {
      switch self {
      case .level, .spectrum: true
      default: false
      }
    }

    /// Whether `sequence` rises by one with it.
    public var isNumbered: Bool { isBroadcast && !isOnDemand }
  }

  /// Nil for an unknown type and for the answer to a recording, which cannot be subscribed to.
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

/// An event with the fields that every event has: its time and its number.
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
