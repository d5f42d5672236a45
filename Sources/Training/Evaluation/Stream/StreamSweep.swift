import DigitNetwork
import Recognition

/// The trade of accuracy for time: a long recording heard with one certainty after another asked of what is told early.
public struct StreamSweep: Sendable, Equatable, Codable {
  public struct Row: Sendable, Equatable, Codable {
    /// The score from which a digit goes out before its word has surely ended; 1 stands for never: every word waits
    /// for the full gap.
    public var certainty: Double
    public var score: StreamScore

    public init(certainty: Double, score: StreamScore) {
      self.certainty = certainty
      self.score = score
    }

    public var name: String { certainty >= 1 ? "wait" : fixed(certainty, certainty > 0.99 ? 3 : 2) }
  }

  /// Of the recording.
  public var name: String
  /// The model's own certainty.
  public var own: Double
  /// By rising certainty.
  public var rows: [Row]

  public init(name: String, own: Double, rows: [Row]) {
    self.name = name
    self.own = own
    self.rows = rows
  }

  public static let certainties = [0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1]

  /// Hears a recording at each certainty.
  public static func measure(
    _ model: DigitModel, _ sound: StreamedSound, name: String, truth: StreamTruth,
    certainties: [Double] = Self.certainties, progress: (Double, Double) -> Void
  ) throws -> StreamSweep {
    let own = model.metadata.calibration.earlyScore
    let recognizer = try MemoizingRecognizer(model: model)
    let all = Set(certainties + [own]).sorted()
    let rows = all.enumerated().map { index, certainty in
      progress(Double(index) / Double(all.count), certainty)
      recognizer.calibration = model.metadata.calibration
      // No score is above 1, but rounding may bring one to it.
      recognizer.calibration.earlyScore = certainty >= 1 ? .infinity : certainty
      return Row(certainty: certainty, score: StreamScore(truth, sound.transcripts(by: recognizer)))
    }
    return StreamSweep(name: name, own: own, rows: rows)
  }

  public static let heads = [
    "certainty", "right", "wrong", "missed", "repeated", "other words", "noise alone", "p50 ms", "p95 ms", "max ms",
  ]

  /// The cells of each row, in the order of `heads`.
  public var cells: [[String]] {
    rows.map { row in
      let score = row.score
      func milliseconds(_ value: Double?) -> String { value.map { fixed($0, 0) } ?? "–" }
      return [
        row.name + (row.certainty == own ? " *" : ""),
        "\(score.right)/\(score.digits) \(fixed(100 * score.accuracy, 1)) %", "\(score.wrong)", "\(score.missed)",
        "\(score.repeated)", "\(score.otherWordsTakenForDigits)/\(score.otherWords)", "\(score.eventsOnNoiseAlone)",
        milliseconds(score.latencyMs.p50), milliseconds(score.latencyMs.p95), milliseconds(score.latencyMs.max),
      ]
    }
  }

  /// Name, length and what is said.
  public var title: String {
    guard let score = rows.first?.score else { return name }
    return
      "\(name): \(fixed(score.minutes, score.minutes < 10 ? 1 : 0)) min, \(score.digits) digits, \(score.otherWords) other words"
  }

  /// The table as a person reads it.
  public var text: String {
    let table = [Self.heads] + cells
    let widths = Self.heads.indices.map { column in table.reduce(0) { max($0, $1[column].count) } }
    let lines = table.map { row in
      zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }.joined(separator: "  ")
    }
    return ([title] + lines + ["* the model's own; wait: told after the full gap, never early"]).joined(separator: "\n")
  }
}
