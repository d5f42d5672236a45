import Wording

/// False accepts, and how many digits are lost by rejecting them, as in the daemon and `classify`.
package struct SpeechReport: Sendable, Equatable, Codable {
  /// The figures at one threshold.
  package struct Figures: Sendable, Equatable, Codable {
    package var threshold: Double
    /// Recordings of digits for which exactly that digit was emitted.
    package var digits: Proportion
    /// Recordings of other speech in which any digit was emitted.
    package var speech: Proportion
    /// Words that begin or sound like a digit.
    package var nearWords: Proportion?
    /// Digits emitted in recordings of other speech and of noise, and the total length of these recordings.
    package var speechEvents: Int
    package var speechSeconds: Double
    package var noiseEvents: Int
    package var noiseSeconds: Double

    package init(
      threshold: Double, digits: Proportion, speech: Proportion, nearWords: Proportion? = nil, speechEvents: Int,
      speechSeconds: Double, noiseEvents: Int, noiseSeconds: Double
    ) {
      self.threshold = threshold
      self.digits = digits
      self.speech = speech
      self.nearWords = nearWords
      self.speechEvents = speechEvents
      self.speechSeconds = speechSeconds
      self.noiseEvents = noiseEvents
      self.noiseSeconds = noiseSeconds
    }

    enum CodingKeys: String, CodingKey {
      case threshold, digits, speech
      case nearWords = "near_words"
      case speechEvents = "speech_events"
      case speechSeconds = "speech_seconds"
      case noiseEvents = "noise_events"
      case noiseSeconds = "noise_seconds"
    }
  }

  /// At the model's own threshold.
  package var own: Figures
  /// At the highest threshold that emits at least 97 % as many digits correctly as the best threshold does; nil if
  /// no digit is emitted correctly at any.
  package var passing97: Figures?
  package var curves: [DetectionCurve]

  enum CodingKeys: String, CodingKey {
    case own, curves
    case passing97 = "passing_97"
  }

  package init(own: Figures, passing97: Figures?, curves: [DetectionCurve]) {
    self.own = own
    self.passing97 = passing97
    self.curves = curves
  }

  /// The rows of the table: the name of a count, and its value at each threshold.
  package var rows: [(name: String, cells: [String])] {
    let columns = [own] + [passing97].compactMap { $0 }
    func row(_ name: String, _ cell: (Figures) -> String?) -> (name: String, cells: [String])? {
      let cells = columns.compactMap(cell)
      return cells.count == columns.count ? (name, cells) : nil
    }
    func anHour(_ events: Int, _ seconds: Double) -> String? {
      seconds > 0
        ? "\(decimal(Double(events) / seconds * 3600, 1)) (\(events) in \(decimal(seconds / 60, 1)) min)" : nil
    }
    return [
      row("digits emitted correctly") { $0.digits.text },
      row("other speech, files with a false accept") { $0.speech.text },
      row("other speech, false accepts per hour") { anHour($0.speechEvents, $0.speechSeconds) },
      row("words like a digit, files with one") { $0.nearWords?.text },
      row("noise, false accepts per hour") { anHour($0.noiseEvents, $0.noiseSeconds) },
    ].compactMap { $0 }
  }

  /// The column heads.
  package var heads: [String] {
    ["threshold \(decimal(own.threshold, 3)), the model's"]
      + [passing97].compactMap { $0.map { "\(decimal($0.threshold, 3)), 97 % of correct digits" } }
  }

  /// The table as text.
  package var text: String { Table(header: [""] + heads, rows: rows.map { [$0.name] + $0.cells }).text }
}
