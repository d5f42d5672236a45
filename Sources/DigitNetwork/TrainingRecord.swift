/// How the weights were trained.
package struct TrainingRecord: Sendable, Equatable {
  /// Recordings that the weights were trained on.
  package struct Source: Sendable, Equatable {
    /// The data set's name.
    package var source: String
    /// Which part of it.
    package var split: String
    /// The speakers in that part.
    package var speakers: [String]
    package var recordings: Int
    /// The total length of the recordings.
    package var seconds: Double
    package var licence: String

    package init(
      source: String, split: String, speakers: [String], recordings: Int, seconds: Double, licence: String
    ) {
      self.source = source
      self.split = split
      self.speakers = speakers
      self.recordings = recordings
      self.seconds = seconds
      self.licence = licence
    }
  }

  package var learnedFrom: [Source]
  package var seed: UInt64
  package var epochs: Int
  /// The command line that reproduces these weights.
  package var command: String
  package var notes: String

  package init(learnedFrom: [Source], seed: UInt64, epochs: Int, command: String, notes: String) {
    self.learnedFrom = learnedFrom
    self.seed = seed
    self.epochs = epochs
    self.command = command
    self.notes = notes
  }
}
