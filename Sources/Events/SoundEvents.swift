import MelScale

// Events about the sound: speech, digits, levels, spectra, the microphone.

extension Event {
  /// Where speech begins or ends.
  public struct VoiceBoundary: Sendable, Equatable {
    /// ms on the stream's clock.
    public var timestamp: Int

    public init(timestamp: Int) {
      self.timestamp = timestamp
    }
  }

  /// Which digit a word is most likely to be.
  public struct Guess: Sendable, Equatable {
    /// The word for the digit ("seven"), in the language of the model.
    public var text: String
    /// The word in Latin letters ("sabʿa"), for a terminal; nil where `text` has no others.
    public var latin: String?
    /// The digit, 0…9.
    public var digit: Int
    /// The calibrated probability that a digit was said and that it was this one, 0…1.
    public var confidence: Double
    /// The probability of each of the ten digits, given that one was said; they sum to 1.
    public var probabilities: [Double]

    public init(text: String, latin: String? = nil, digit: Int, confidence: Double, probabilities: [Double]) {
      self.text = text
      self.latin = latin
      self.digit = digit
      self.confidence = confidence
      self.probabilities = probabilities
    }

    /// The word as a terminal shows it, which may not be able to write other letters, or from right to left.
    public var terminalText: String { latin ?? text }
  }

  /// Where a word lies and when it was decided.
  public struct Timing: Sendable, Equatable {
    /// Where the sound begins, ms on the stream's clock.
    public var startMs: Int
    /// Where it ends; if it was decided early, the last speech heard.
    public var endMs: Int
    /// All the input taken in when it was decided, resampling and look-ahead included.
    public var decidedMs: Int
    /// The computing time of the decision, in ms of wall time.
    public var computeMs: Double

    public init(startMs: Int, endMs: Int, decidedMs: Int, computeMs: Double) {
      self.startMs = startMs
      self.endMs = endMs
      self.decidedMs = decidedMs
      self.computeMs = computeMs
    }
  }

  /// A digit was recognised.
  public struct Transcript: Sendable, Equatable {
    public var guess: Guess
    /// The word as it was said: "oh" for the digit 0, whose `text` is "zero".
    public var spoken: String
    public var timing: Timing

    /// - Parameter spoken: nil if it is the usual word for the digit.
    public init(guess: Guess, spoken: String? = nil, timing: Timing) {
      self.guess = guess
      self.spoken = spoken ?? guess.text
      self.timing = timing
    }
  }

  /// Something was said and rejected.
  public struct NotDetected: Sendable, Equatable {
    /// Why; open, because later versions may know other reasons.
    public struct Reason: RawRepresentable, Sendable, Hashable {
      public var rawValue: String

      public init(rawValue: String) {
        self.rawValue = rawValue
      }

      public static let tooShort = Reason(rawValue: "too-short")
      public static let tooLong = Reason(rawValue: "too-long")
      public static let tooQuiet = Reason(rawValue: "too-quiet")
      public static let notADigit = Reason(rawValue: "not-a-digit")
      public static let unsure = Reason(rawValue: "unsure")

      /// Those of this version.
      package static let known: [Reason] = [.tooShort, .tooLong, .tooQuiet, .notADigit, .unsure]
    }

    public var reason: Reason
    /// The most likely digit, if there was any candidate. Do not act on it.
    public var bestGuess: Guess?
    public var timing: Timing

    public init(reason: Reason, bestGuess: Guess?, timing: Timing) {
      self.reason = reason
      self.bestGuess = bestGuess
      self.timing = timing
    }
  }

  /// How loud it is. Levels are in dB relative to full scale; silence (−∞) is written as −200.
  public struct Level: Sendable, Equatable {
    public var rmsDBFS: Double
    public var peakDBFS: Double
    public var noiseFloorDBFS: Double
    public var thresholdDBFS: Double
    /// Whether this is taken for speech.
    public var speech: Bool

    public init(rmsDBFS: Double, peakDBFS: Double, noiseFloorDBFS: Double, thresholdDBFS: Double, speech: Bool) {
      self.rmsDBFS = rmsDBFS
      self.peakDBFS = peakDBFS
      self.noiseFloorDBFS = noiseFloorDBFS
      self.thresholdDBFS = thresholdDBFS
      self.speech = speech
    }
  }

  /// The spectrum of the last 100 ms, for display. It is coarse on purpose: it shows where in the spectrum there was
  /// sound, but speech cannot be reconstructed from it.
  public struct Spectrum: Sendable, Equatable {
    /// How many bands there are.
    public static let bandCount = 32
    /// The centre of each band in Hz, lowest first: equally spaced between 50 and 4000 Hz on Slaney's mel scale (linear
    /// under 1 kHz, logarithmic over it). A band reaches from the centre before it to the one after it, as a triangle.
    public static let centres: [Double] = {
      let (low, high) = (MelScale.mel(50), MelScale.mel(4000))
      return (1...bandCount).map { MelScale.hertz(low + (high - low) * Double($0) / Double(bandCount + 1)) }
    }()

    /// Where the 100 ms end, ms on the stream's clock.
    public var timestamp: Int
    /// The mean power in each of the `bandCount` bands, lowest first, in dB relative to full scale: together the bands
    /// hold the power of the sound. −100 is silence.
    public var bandsDBFS: [Int]

    public init(timestamp: Int, bandsDBFS: [Int]) {
      self.timestamp = timestamp
      self.bandsDBFS = bandsDBFS
    }
  }

  /// The state of the microphone changed.
  public struct Device: Sendable, Equatable {
    /// Open, because later versions may know other states.
    public struct State: RawRepresentable, Sendable, Hashable {
      public var rawValue: String

      public init(rawValue: String) {
        self.rawValue = rawValue
      }

      public static let listening = State(rawValue: "listening")
      public static let lost = State(rawValue: "lost")
      public static let busy = State(rawValue: "busy")
      public static let denied = State(rawValue: "denied")
      public static let stalled = State(rawValue: "stalled")
      /// Closed on request.
      public static let paused = State(rawValue: "paused")

      /// Those of this version.
      package static let known: [State] = [.listening, .paused, .lost, .busy, .denied, .stalled]
    }

    public var state: State
    /// The device's stable name.
    public var name: String
    /// How much sound was lost meanwhile, when it came back.
    public var lostMs: Int?

    public init(state: State, name: String, lostMs: Int? = nil) {
      self.state = state
      self.name = name
      self.lostMs = lostMs
    }
  }

  /// The signal looks wrong, or no longer.
  public struct Condition: Sendable, Equatable {
    /// Open, because later versions may know other conditions.
    public struct Name: RawRepresentable, Sendable, Hashable {
      public var rawValue: String

      public init(rawValue: String) {
        self.rawValue = rawValue
      }

      public static let silent = Name(rawValue: "silent")
      public static let clipping = Name(rawValue: "clipping")
      /// Mains hum, or another steady low tone, makes up most of the sound.
      public static let hum = Name(rawValue: "hum")
      /// The channels cancel each other: only one of them is heard.
      public static let cancellingChannels = Name(rawValue: "cancelling-channels")
      /// A channel is silent while others are not.
      public static let deadChannel = Name(rawValue: "dead-channel")

      /// Those of this version.
      package static let known: [Name] = [.silent, .clipping, .hum, .cancellingChannels, .deadChannel]
    }

    public var condition: Name
    public var on: Bool

    public init(condition: Name, on: Bool) {
      self.condition = condition
      self.on = on
    }
  }

  /// Frames were lost.
  public struct Overrun: Sendable, Equatable {
    public var lostMs: Int

    public init(lostMs: Int) {
      self.lostMs = lostMs
    }
  }
}
