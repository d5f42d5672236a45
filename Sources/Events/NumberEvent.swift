extension Event {
  /// Digits that were said one after another: a run of them is over, because of a pause, because something else was
  /// said, or because the input ended.
  public struct Number: Sendable, Equatable {
    /// A digit of it, or a gap: something that was said between digits and was not understood.
    public struct Word: Sendable, Equatable {
      /// 0…9; nil for a gap.
      public var digit: Int?
      /// The calibrated probability that this digit was said, 0…1; 0 for a gap.
      public var confidence: Double
      /// Where the sound begins and ends, ms on the stream's clock.
      public var startMs: Int
      public var endMs: Int

      public init(digit: Int?, confidence: Double, startMs: Int, endMs: Int) {
        self.digit = digit
        self.confidence = confidence
        self.startMs = startMs
        self.endMs = endMs
      }
    }

    /// An alternative reading of the whole number.
    public struct Alternative: Sendable, Equatable {
      public var digits: String
      /// The calibrated probability that this is what was said, 0…1.
      public var confidence: Double

      public init(digits: String, confidence: Double) {
        self.digits = digits
        self.confidence = confidence
      }
    }

    /// The words for the digits, in the language of the model ("four two seven").
    public var text: String
    /// The same in Latin letters, for a terminal; nil where `text` has no others.
    public var latin: String?
    /// The calibrated probability that all of it is right, 0…1.
    public var confidence: Double
    /// Digits and gaps, in the order of time.
    public var words: [Word]
    /// At most five, the most probable first.
    public var alternatives: [Alternative]
    /// Where the sound of all of it begins and ends, ms on the stream's clock.
    public var startMs: Int
    public var endMs: Int
    /// All the input taken in when it was decided that the run is over, ms on the stream's clock.
    public var decidedMs: Int

    public init(
      text: String, latin: String? = nil, confidence: Double, words: [Word], alternatives: [Alternative] = [],
      startMs: Int, endMs: Int, decidedMs: Int
    ) {
      self.text = text
      self.latin = latin
      self.confidence = confidence
      self.words = words
      self.alternatives = alternatives
      self.startMs = startMs
      self.endMs = endMs
      self.decidedMs = decidedMs
    }

    /// The words as a terminal shows them; see `Guess.terminalText`.
    public var terminalText: String { latin ?? text }

    /// The digits ("427"), leading zeros included; gaps are left out.
    public var digits: String { words.compactMap { $0.digit.map(String.init) }.joined() }

    /// False if something in it was not understood.
    public var isComplete: Bool { words.allSatisfy { $0.digit != nil } }
  }
}
