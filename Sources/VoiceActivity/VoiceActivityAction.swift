/// A word as the detector sees it: frames of 10 ms counted from the start of the stream, levels in dBFS.
public struct DetectedWord: Sendable, Equatable {
  /// The first frame of the sound, its soft beginning included.
  public var start: Int
  /// The frame after the last one of the sound, its soft tail included.
  public var end: Int
  /// How many frames lay over the release threshold.
  public var soundingFrames: Int
  /// The level of the loudest frame.
  public var peak: Float

  public init(start: Int, end: Int, soundingFrames: Int, peak: Float) {
    self.start = start
    self.end = end
    self.soundingFrames = soundingFrames
    self.peak = peak
  }
}

/// Why a word is over.
public enum WordEnding: Sendable, Equatable {
  /// Enough quiet came after it.
  case gap
  /// Too little of it was sound: a bump, a click with an echo.
  case tooShort
  /// It went on for longer than any word does.
  case tooLong
  /// It was as steady as a fan, and the noise floor has come up to it: the background itself has changed.
  case background
  /// A far louder sound rose out of it: what went before was the background of that one.
  case overtaken
  /// The stream ended, or a part of it was lost.
  case interrupted
}

/// What the detector tells after a frame.
public enum VoiceActivityAction: Sendable, Equatable {
  /// A stretch of speech begins; a word does, too.
  case speechStarted(frame: Int)
  case wordStarted(frame: Int)
  /// The word has been quiet for this many frames, and may be over; it lies `fall` dB under its peak since.
  case paused(DetectedWord, quietFrames: Int, fall: Float)
  /// It was not over.
  case wordResumed(frame: Int)
  case wordEnded(DetectedWord, WordEnding)
  /// The stretch of speech is over; `frame` is the one after its last sound.
  case speechStopped(frame: Int)
}

/// At most three actions, in their order, without an allocation.
public struct VoiceActivityActions: Sendable, Sequence, Equatable {
  private var first: VoiceActivityAction?
  private var second: VoiceActivityAction?
  private var third: VoiceActivityAction?

  public init(
    _ first: VoiceActivityAction? = nil, _ second: VoiceActivityAction? = nil, _ third: VoiceActivityAction? = nil
  ) {
    self.first = first
    self.second = second
    self.third = third
  }

  public var isEmpty: Bool { first == nil }

  public func makeIterator() -> Iterator { Iterator(rest: self) }

  public struct Iterator: IteratorProtocol {
    fileprivate var rest: VoiceActivityActions

    public mutating func next() -> VoiceActivityAction? {
      defer { rest = VoiceActivityActions(rest.second, rest.third) }
      return rest.first
    }
  }
}
