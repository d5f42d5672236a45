// Events for one client alone: the greeting, answers, and `dropped`.

extension Event {
  /// The first line on a new connection.
  public struct Hello: Sendable, Equatable {
    public var service: String
    public var version: String
    /// The version of the contract.
    public var protocolVersion: Int
    /// New at each start of the daemon: `sequence` counts within it.
    public var session: String
    /// The name of the model.
    public var model: String
    /// The language of the digits (BCP 47, "en").
    public var language: String
    /// The words that the model distinguishes.
    public var labels: [String]
    /// The stable name of the microphone.
    public var device: String
    public var state: Device.State
    /// The conditions that hold now.
    public var conditions: [Condition.Name]

    /// The version of the contract that this package speaks.
    public static let currentProtocol = 2

    public init(
      service: String = "digitd", version: String, protocolVersion: Int = currentProtocol, session: String,
      model: String, language: String, labels: [String], device: String, state: Device.State,
      conditions: [Condition.Name] = []
    ) {
      self.service = service
      self.version = version
      self.protocolVersion = protocolVersion
      self.session = session
      self.model = model
      self.language = language
      self.labels = labels
      self.device = device
      self.state = state
      self.conditions = conditions
    }
  }

  /// This subscriber was too slow: this many of its events were dropped here.
  public struct Dropped: Sendable, Equatable {
    public var count: Int

    public init(count: Int) {
      self.count = count
    }
  }

  /// The answer to `describe`, in the form of the Wyoming protocol: one speech-to-text program with its models.
  public struct Info: Sendable, Equatable {
    public struct Model: Sendable, Equatable {
      public var name: String
      public var description: String
      public var version: String
      public var languages: [String]

      public init(name: String, description: String, version: String, languages: [String]) {
        self.name = name
        self.description = description
        self.version = version
        self.languages = languages
      }
    }

    public var name: String
    public var description: String
    public var version: String
    public var models: [Model]

    public init(name: String, description: String, version: String, models: [Model]) {
      self.name = name
      self.description = description
      self.version = version
      self.models = models
    }
  }

  /// The answer to `status`: all counts since the start.
  public struct Status: Sendable, Equatable {
    public var version: String
    public var session: String
    public var model: String
    /// The language of its digits, as BCP 47 has it.
    public var language: String
    public var device: String
    public var state: Device.State
    /// The conditions that hold now.
    public var conditions: [Condition.Name]
    public var uptimeSeconds: Double
    /// Input frames, at the rate of the source.
    public var frames: Int
    public var sampleRate: Int
    public var overruns: Int
    /// Sound lost by overruns and outages, in ms, including a current outage.
    public var lostMs: Int
    public var utterances: Int
    public var transcripts: Int
    /// The last recognised digit and its time; nil before the first.
    public var lastDigit: LastDigit?
    /// How many were rejected, by reason.
    public var rejections: [NotDetected.Reason: Int]
    public var noiseFloorDBFS: Double
    /// Connections other than this client's, and events dropped because one of them was too slow.
    public var subscribers: Int
    public var dropped: Int
    /// Processor time used, in seconds.
    public var cpuSeconds: Double
    /// Resident memory, in bytes.
    public var memoryBytes: Int

    public struct LastDigit: Sendable, Equatable {
      public var digit: Int
      public var time: WallTime

      public init(digit: Int, time: WallTime) {
        self.digit = digit
        self.time = time
      }
    }

    public init(
      version: String = "", session: String = "", model: String = "", language: String = "", device: String = "",
      state: Device.State = .lost, conditions: [Condition.Name] = [], uptimeSeconds: Double = 0, frames: Int = 0,
      sampleRate: Int = 0, overruns: Int = 0,
      lostMs: Int = 0, utterances: Int = 0, transcripts: Int = 0, lastDigit: LastDigit? = nil,
      rejections: [NotDetected.Reason: Int] = [:],
      noiseFloorDBFS: Double = -200, subscribers: Int = 0, dropped: Int = 0, cpuSeconds: Double = 0,
      memoryBytes: Int = 0
    ) {
      self.version = version
      self.session = session
      self.model = model
      self.language = language
      self.device = device
      self.state = state
      self.conditions = conditions
      self.uptimeSeconds = uptimeSeconds
      self.frames = frames
      self.sampleRate = sampleRate
      self.overruns = overruns
      self.lostMs = lostMs
      self.utterances = utterances
      self.transcripts = transcripts
      self.lastDigit = lastDigit
      self.rejections = rejections
      self.noiseFloorDBFS = noiseFloorDBFS
      self.subscribers = subscribers
      self.dropped = dropped
      self.cpuSeconds = cpuSeconds
      self.memoryBytes = memoryBytes
    }
  }

  /// The answer to `ping`.
  public struct Pong: Sendable, Equatable {
    /// The text of the `ping`.
    public var text: String?

    public init(text: String? = nil) {
      self.text = text
    }
  }

  /// The answer to `subscribe`: the events of this client from now on.
  public struct Subscribed: Sendable, Equatable {
    /// The names of the events.
    public var events: [String]

    public init(events: [String]) {
      self.events = events
    }
  }

  /// The answer to a client's own recording.
  public struct RecordingTranscript: Sendable, Equatable {
    /// All digits of the recording; nil if there are none.
    public var number: Number?

    public init(number: Number?) {
      self.number = number
    }
  }

  /// The answer to a message that was not understood or could not be carried out.
  public struct Failure: Sendable, Equatable {
    /// Open, because later versions may know other codes.
    public struct Code: RawRepresentable, Sendable, Hashable {
      public var rawValue: String

      public init(rawValue: String) {
        self.rawValue = rawValue
      }

      /// Not a message of the protocol, or one with a field missing or wrong.
      public static let badRequest = Code(rawValue: "bad-request")
      /// A line, block, payload or recording beyond its limit.
      public static let tooLarge = Code(rawValue: "too-large")
      /// Not now: too many recordings or connections at once.
      public static let busy = Code(rawValue: "busy")
      /// It took too long.
      public static let timeout = Code(rawValue: "timeout")
      /// The request is not available here, or failed.
      public static let unavailable = Code(rawValue: "unavailable")
      /// A later request, to the contrary, came before this one was done.
      public static let overtaken = Code(rawValue: "overtaken")
    }

    /// One sentence for a person.
    public var text: String
    public var code: Code

    public init(text: String, code: Code) {
      self.text = text
      self.code = code
    }
  }
}
