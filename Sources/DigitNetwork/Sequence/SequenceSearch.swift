extension SequenceModel {
  /// The numbers of the search for words that were chosen for accuracy, together with the verdict, which is fitted to
  /// them. A column is 32 ms.
  package struct Search: Sendable, Equatable {
    /// A column whose blank is more probable than this, 0…1, ends a passage.
    package var surelyBlank = 0.98
    /// The maximum length of a passage, in columns. A longer one is cut, so that its words need not wait for its end.
    package var longestPassage = 40
    /// A word is decided at most this many columns after its label.
    package var patience = 12
    /// A word found in time counts as the one emitted early if their labels are at most this many columns apart, even
    /// if they differ.
    package var earlyDistance = 3
    /// An unsure word is decided again when the next one is at most this many columns after it and there are fewer
    /// columns of silence in a row between them than `pause`, after which it counts as rejected.
    package var closeBy = 24
    package var pause = 5
    /// The same label at most this many columns later is the same word: nobody says more than six digits a second.
    package var shortest = 5
    /// The time constant, in columns, with which it is forgotten how much other speech and how many digits were heard.
    package var memory = 1000
    /// The network hears ahead when the sound has been no louder than the background for this time, in ms; a stop
    /// consonant is shorter.
    package var quietTime = 96
    /// Or when it has been this much, in dB, under its recent peak for this time, in ms.
    package var fall = 18.0
    package var fallenTime = 144

    package init() {}

    /// Whether the reader can work with them: it keeps 96 columns.
    var isUsable: Bool {
      (0...1).contains(surelyBlank) && (1...90).contains(longestPassage) && (1...60).contains(patience)
        && (0...60).contains(earlyDistance) && (0...60).contains(closeBy) && (1...60).contains(pause)
        && (0...60).contains(shortest) && (1...1_000_000).contains(memory) && (8...10_000).contains(quietTime)
        && (0...100).contains(fall) && (8...10_000).contains(fallenTime)
    }
  }
}
