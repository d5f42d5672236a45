/// What a model file says about itself: everything needed to use its weights, and what they were learned from.
public struct ModelMetadata: Codable, Sendable, Equatable {
  /// How scores become probabilities and probabilities decisions.
  public struct Calibration: Codable, Sendable, Equatable {
    /// Logits are divided by this before the softmax (Guo et al., "On Calibration of Modern Neural Networks", 2017).
    public var temperature: Double
    /// Added to the log-odds of a best digit's score, in nats, gives those of its confidence (J. Platt, "Probabilistic
    /// Outputs for Support Vector Machines", 1999, with a slope of one): among what a network learned from there are more,
    /// and harder, sounds that are no digit than among what is said to it. 0 in files that do not have it.
    public var logOddsShift: Double
    /// A best digit is told if its score is at least this, else turned down.
    public var minimumScore: Double
    /// What is turned down is `not-a-digit` if the probability of "no digit" is above this, else `unsure`.
    public var maximumOther: Double
    /// The score from which a digit is certain enough to be told before the speaker has surely ended.
    public var earlyScore: Double

    enum CodingKeys: String, CodingKey {
      case temperature, logOddsShift, maximumOther
      // What files have called them from the first.
      case minimumScore = "minimumConfidence"
      case earlyScore = "earlyConfidence"
    }

    public init(
      temperature: Double, logOddsShift: Double = 0, minimumScore: Double, maximumOther: Double, earlyScore: Double
    ) {
      self.temperature = temperature
      self.logOddsShift = logOddsShift
      self.minimumScore = minimumScore
      self.maximumOther = maximumOther
      self.earlyScore = earlyScore
    }

    public init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      self.init(
        temperature: try fields.decode(Double.self, forKey: .temperature),
        logOddsShift: try fields.decodeIfPresent(Double.self, forKey: .logOddsShift) ?? 0,
        minimumScore: try fields.decode(Double.self, forKey: .minimumScore),
        maximumOther: try fields.decode(Double.self, forKey: .maximumOther),
        earlyScore: try fields.decode(Double.self, forKey: .earlyScore))
    }
  }

  /// Recordings that the weights were learned from.
  public struct Source: Codable, Sendable, Equatable {
    /// The data set's name.
    public var source: String
    /// Which part of it.
    public var split: String
    /// The speakers in that part.
    public var speakers: [String]
    public var recordings: Int
    /// The recordings' length together.
    public var seconds: Double
    public var licence: String

    public init(
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

  /// How the weights came about.
  public struct Training: Codable, Sendable, Equatable {
    public var learnedFrom: [Source]
    public var seed: UInt64
    public var epochs: Int
    /// The command line that makes these weights again.
    public var command: String
    public var notes: String

    public init(learnedFrom: [Source], seed: UInt64, epochs: Int, command: String, notes: String) {
      self.learnedFrom = learnedFrom
      self.seed = seed
      self.epochs = epochs
      self.command = command
      self.notes = notes
    }
  }

  /// What `format` says in every file of ours.
  public static let format = "digitd"
  /// The version of the format that this program writes and reads.
  public static let formatVersion = 1

  public var format: String
  public var formatVersion: Int
  public var name: String
  public var version: String
  /// What each class is called, in the order of the logits: "0" … "9", and "other" for no digit.
  public var labels: [String]
  public var architecture: NetworkArchitecture
  /// The parameters of the spectrogram that the network learned from; their names belong to the front end.
  public var features: [String: Double]
  public var calibration: Calibration
  public var training: Training

  public init(
    name: String, version: String, labels: [String], architecture: NetworkArchitecture, features: [String: Double],
    calibration: Calibration, training: Training
  ) {
    self.format = Self.format
    self.formatVersion = Self.formatVersion
    self.name = name
    self.version = version
    self.labels = labels
    self.architecture = architecture
    self.features = features
    self.calibration = calibration
    self.training = training
  }
}

extension ModelMetadata {
  /// Checks what can be checked without the weights.
  ///
  /// - Throws: `ModelError` that names the metadata entry.
  public func validate() throws(ModelError) {
    func require(_ condition: Bool, _ field: String, _ problem: @autoclosure () -> String) throws(ModelError) {
      if !condition { throw ModelError(field: field, problem: problem()) }
    }
    try require(format == Self.format, "format", "is \(ModelError.quote(format)), not '\(Self.format)'")
    try require(
      formatVersion == Self.formatVersion, "formatVersion",
      "is \(formatVersion); this program reads \(Self.formatVersion)")
    try architecture.validate()
    try require(
      labels.count == architecture.classes, "labels",
      "names \(labels.count) classes, but the architecture has \(architecture.classes)")
    try require(Set(labels).count == labels.count, "labels", "names a class twice")
    try require(!labels.contains(""), "labels", "has an empty name")
    for (name, value) in features { try require(value.isFinite, "features", "has \(value) for \(name)") }

    try require(
      calibration.temperature > 0 && calibration.temperature.isFinite, "calibration",
      "has temperature \(calibration.temperature), which is not above 0")
    try require(
      (-20...20).contains(calibration.logOddsShift), "calibration",
      "has logOddsShift \(calibration.logOddsShift), which is not within -20 to 20")
    for (name, value) in [
      ("minimumConfidence", calibration.minimumScore), ("maximumOther", calibration.maximumOther),
      ("earlyConfidence", calibration.earlyScore),
    ] {
      try require((0...1).contains(value), "calibration", "has \(name) \(value), which is not within 0 to 1")
    }
    for source in training.learnedFrom {
      try require(
        source.recordings >= 0 && source.seconds >= 0 && source.seconds.isFinite, "training",
        "learned from \(source.recordings) recordings of \(source.seconds) s, which cannot be")
    }
  }
}
