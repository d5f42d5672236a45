/// What is taken for a digit and is none, and what that costs in digits.
public struct SpeechReport: Sendable, Equatable, Codable {
  /// The figures at one threshold. "Classified": each recording by itself, as `classify` hears it. "Heard": through the
  /// listener that the daemon uses.
  public struct Figures: Sendable, Equatable, Codable {
    public var threshold: Double
    /// Digits told rightly.
    public var digitsClassified: Proportion
    public var digitsHeard: Proportion
    /// Recordings of other speech in which any digit was told.
    public var speechHeard: Proportion
    /// The same recordings as wholes, by their main utterance.
    public var speechClassified: Proportion
    /// The words under 1.5 s that voice activity cuts out of them.
    public var segmentsClassified: Proportion
    /// Words that begin or sound like a digit.
    public var nearWordsClassified: Proportion?
    public var nearWordsHeard: Proportion?
    /// Digits told in recordings of noise, and how long these are together.
    public var noiseEvents: Int
    public var noiseSeconds: Double

    public init(
      threshold: Double, digitsClassified: Proportion, digitsHeard: Proportion, speechHeard: Proportion,
      speechClassified: Proportion, segmentsClassified: Proportion, nearWordsClassified: Proportion? = nil,
      nearWordsHeard: Proportion? = nil, noiseEvents: Int, noiseSeconds: Double
    ) {
      self.threshold = threshold
      self.digitsClassified = digitsClassified
      self.digitsHeard = digitsHeard
      self.speechHeard = speechHeard
      self.speechClassified = speechClassified
      self.segmentsClassified = segmentsClassified
      self.nearWordsClassified = nearWordsClassified
      self.nearWordsHeard = nearWordsHeard
      self.noiseEvents = noiseEvents
      self.noiseSeconds = noiseSeconds
    }

    public var noiseEventsAnHour: Double? { noiseSeconds > 0 ? Double(noiseEvents) / noiseSeconds * 3600 : nil }

    enum CodingKeys: String, CodingKey {
      case threshold
      case digitsClassified = "digits_classified"
      case digitsHeard = "digits_heard"
      case speechHeard = "speech_heard"
      case speechClassified = "speech_classified"
      case segmentsClassified = "segments_classified"
      case nearWordsClassified = "near_words_classified"
      case nearWordsHeard = "near_words_heard"
      case noiseEvents = "noise_events"
      case noiseSeconds = "noise_seconds"
    }
  }

  /// At the model's own threshold.
  public var own: Figures
  /// At the threshold that 97 % of the rightly guessed digits pass; nil where no digit was guessed rightly.
  public var passing97: Figures?
  public var curves: [DetectionCurve]

  enum CodingKeys: String, CodingKey {
    case own, curves
    case passing97 = "passing_97"
  }

  public init(own: Figures, passing97: Figures?, curves: [DetectionCurve]) {
    self.own = own
    self.passing97 = passing97
    self.curves = curves
  }

  /// The rows of the table: what is counted, and it at each threshold.
  public var rows: [(name: String, cells: [String])] {
    let columns = [own] + [passing97].compactMap { $0 }
    func row(_ name: String, _ cell: (Figures) -> String?) -> (name: String, cells: [String])? {
      let cells = columns.compactMap(cell)
      return cells.count == columns.count ? (name, cells) : nil
    }
    return [
      row("digits told rightly, classified") { $0.digitsClassified.text },
      row("digits told rightly, heard") { $0.digitsHeard.text },
      row("other speech, any digit heard in a file") { $0.speechHeard.text },
      row("other speech, files classified") { $0.speechClassified.text },
      row("other speech, segments under 1.5 s") { $0.segmentsClassified.text },
      row("words like a digit, classified") { $0.nearWordsClassified?.text },
      row("words like a digit, heard") { $0.nearWordsHeard?.text },
      row("noise, digits heard in an hour") { figures in
        figures.noiseEventsAnHour.map {
          "\(fixed($0, 1)) (\(figures.noiseEvents) in \(fixed(figures.noiseSeconds / 60, 1)) min)"
        }
      },
    ].compactMap { $0 }
  }

  /// The heads of the columns.
  public var heads: [String] {
    ["threshold \(fixed(own.threshold, 3)), the model's"]
      + [passing97].compactMap { $0.map { "\(fixed($0.threshold, 3)), 97 % of right digits pass" } }
  }

  /// The table as a person reads it.
  public var text: String {
    func line(_ name: String, _ cells: [String]) -> String {
      name + String(repeating: " ", count: max(1, 42 - name.count))
        + cells.map { $0 + String(repeating: " ", count: max(2, 34 - $0.count)) }.joined()
    }
    let lines = [line("", heads)] + rows.map { line($0.name, $0.cells) }
    return lines.map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}
