import VoiceActivity

/// What the listener goes by. Times are in frames of 10 ms, levels in dB.
public struct ListenerSettings: Sendable, Equatable {
  public var activity = VoiceActivitySettings()
  public var words = WordSettings()

  /// Sound kept before the first and after the last frame of a word when it is recognised, as in training.
  public var front = 5
  public var back = 10
  /// A cut that is no digit is searched for sounds that stand alone in it: with as much of something softer on either side
  /// as ends a word in quiet …
  public var isolatingGap = 18
  /// … and at least this long, and this much shorter than the cut.
  public var shortestPart = 9
  public var shortestTrim = 10
  /// A digit alone is hardly longer than this: of the recordings learned from, 99.8 % last less than 0.91 s.
  public var longestDigit = 102
  /// A classification that takes longer than this in the mean, in ms, is not tried before a word's end, and no
  /// cut is searched: on a machine this slow the listener would fall behind the microphone.
  public var tentativeBudgetMs = 40.0

  public init() {}
}

/// How words are decided: early, or after their full gap; and which of what is no digit is worth an event.
public struct WordSettings: Sendable, Equatable {
  /// Quiet that must have been heard before a certain answer goes out, by digit. "six" may become "sixty" after the
  /// closure of its t, 60 to 110 ms of it: such digits wait longer than those that begin no other number.
  public var earliestQuiet: [Int] = [6, 6, 6, 6, 14, 6, 14, 14, 14, 14]
  /// In the quiet the level must have fallen this far under the word's peak on average: a soft sound is no end.
  public var earliestFall: Float = 14
  /// A word with fewer frames of sound than this is not tried before its end.
  public var shortestAttempt = 9
  /// A sound that begins this soon after the end of a word that was decided early …
  public var afterburstWithin = 15
  /// … and is shorter than this was a part of it: the s of "six", the t of "eight".
  public var afterburstShorterThan = 12
  /// A sound shorter than a word, but not shorter than this, is worth a `too-short`; the rest are clicks and bumps.
  public var tooShortFrom = 6
  /// A frame is one of a voice if it is this much alike from one pitch period to the next (see `Voicing`).
  public var voicedCorrelation: Float = 0.7
  /// What is turned down is worth an event if it has so many frames of a voice: knocks, rain and clicks have none.
  public var toldFromVoiced = 3
  /// A digit is plain if it has so many frames of a voice, by digit: as many as 95 to 99 in 100 of those have that people
  /// said in the recordings learned from, in noise at 10 dB, but for the six (77), cut to its ends in many of them. A
  /// sneeze that is heard as a "two" has six …
  public var plainFromVoiced: [Int] = [14, 7, 8, 10, 7, 6, 6, 6, 6, 11]
  /// … and if its sound is no longer than this, as of 98 in 100 …
  public var plainUpTo = 75
  /// … any other digit needs this score, …
  public var doubtfulScore = 0.7
  /// … one with fewer frames of sound than this, as 2 of 100 spoken ones in noise and many a knock or shout, …
  public var shortBelow = 12
  /// … or shorter from beginning to end than this, by digit, as 2 of 100 of those that people said in the recordings learned
  /// from, but many a cough of a "seven" and a scrap of another word, …
  public var shortSpan: [Int] = [26, 17, 16, 17, 19, 19, 10, 20, 17, 25]
  /// … this, …
  public var shortScore = 0.85
  /// … and one that was found only in a part of what was cut out at least this.
  public var partScore = 0.35
  /// Something was going on already if more than this share of the second before a word, digits that were told left out …
  public var ongoingShare: Float = 0.25
  /// … was within this of the word's loudest frame, in dB; a digit then needs this score.
  public var ongoingWithin: Float = 9
  public var ongoingScore = 0.8
  /// A rejected word whose loudest frame is under this (dBFS) was too quiet.
  public var tooQuietBelow: Float = -48

  public init() {}
}
