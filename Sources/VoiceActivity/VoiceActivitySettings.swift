/// What the detector goes by. Levels are in dB, times in frames of 10 ms.
public struct VoiceActivitySettings: Sendable, Equatable {
  /// A sound begins where the level rises this far over the noise floor …
  public var onsetOverFloor: Float = 10
  /// … and over the mean level between words, which lies far over the floor in babble or music …
  public var onsetOverBed: Float = 7
  /// … and over this level in any case (dBFS).
  public var quietestOnset: Float = -58
  /// A sound has fallen where its level is less than this over the noise floor …
  public var releaseOverFloor: Float = 6
  /// … or over the mean level between words …
  public var releaseOverBed: Float = 4
  /// … or this far under the word's loudest frame.
  public var releaseUnderPeak: Float = 21
  /// The quietest edges of a word, a soft fricative before it or a breath after it, are this far over the floor.
  public var edgeOverFloor: Float = 3.5
  /// The quietest edge in any case (dBFS).
  public var quietestEdge: Float = -66

  /// Frames over the onset threshold that make a sound a word's beginning; a click has one or two.
  public var confirmation = 4
  /// Frames under the onset threshold that are forgiven while a sound is being confirmed.
  public var confirmationDips = 2
  /// How far before the onset a word's soft beginning may lie.
  public var longestLookBack = 25
  /// How far after the fall a word's soft tail may reach.
  public var longestTail = 15
  /// Frames under the edge threshold that a soft beginning or tail may have inside.
  public var edgeDips = 4

  /// How many frames of quiet make a plausible end of a word, each reported once a pause; rising.
  public var plausibleEnds = PlausibleEnds(4, 6, 8, 10, 12, 14)
  /// Frames over the release threshold, in a row, that make a word go on after a pause.
  public var resumption = 2
  /// A pause this long ends the word.
  public var wordGap = 18
  /// A pause this long ends the stretch of speech.
  public var hangover = 30
  /// A word with fewer frames of sound than this is no word.
  public var shortestWord = 7
  /// A word that goes on longer than this is no word: two and a half seconds.
  public var longestWord = 250
  /// A word overtakes what went on before it if it rises this far over all of it (but the last 240 ms) …
  public var overtakingRise: Float = 9
  /// … after at least this long.
  public var overtakingAfter = 40

  public init() {}
}

/// Lengths of quiet in frames, each under 64: a set of a fixed size, so that to look into it costs nothing.
public struct PlausibleEnds: Sendable, Equatable {
  private var bits: UInt64

  public init(_ frames: Int...) {
    bits = frames.reduce(0) { $1 > 0 && $1 < 64 ? $0 | 1 << UInt64($1) : $0 }
  }

  public func contains(_ frames: Int) -> Bool {
    frames > 0 && frames < 64 && bits & (1 << UInt64(frames)) != 0
  }
}
