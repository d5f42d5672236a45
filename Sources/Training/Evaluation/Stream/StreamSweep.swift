package import DigitNetwork
import Wording

/// The trade-off between digits emitted and false accepts: a long recording evaluated at several thresholds.
package struct StreamSweep: Sendable, Equatable, Codable {
  package struct Row: Sendable, Equatable, Codable {
    /// The confidence from which a word is emitted.
    package var threshold: Double
    package var score: StreamScore

    package var name: String { decimal(threshold, threshold > 0.99 ? 3 : 2) }

    package init(threshold: Double, score: StreamScore) {
      self.threshold = threshold
      self.score = score
    }
  }

  /// The recording's name.
  package var name: String
  /// The model's own threshold.
  package var own: Double
  /// By rising threshold.
  package var rows: [Row]

  package init(name: String, own: Double, rows: [Row]) {
    self.name = name
    self.own = own
    self.rows = rows
  }

  package static let thresholds = [0.1, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99]

  /// Evaluates a recording at each threshold.
  package static func measure(
    _ model: SequenceModel, _ sound: StreamedSound, name: String, truth: StreamTruth,
    thresholds: [Double] = Self.thresholds, progress: (Double, Double) -> Void
  ) throws -> StreamSweep {
    let own = model.threshold
    let all = Set(thresholds + [own]).sorted()
    let rows = try all.enumerated().map { index, threshold in
      progress(Double(index) / Double(all.count), threshold)
      let emitted = try sound.transcripts(by: model.emitting(from: threshold))
      return Row(threshold: threshold, score: StreamScore(truth, emitted))
    }
    return StreamSweep(name: name, own: own, rows: rows)
  }

  package static let heads = [
    "threshold", "correct", "wrong", "missed", "repeated", "other words", "noise alone", "p50 ms", "p95 ms", "max ms",
  ]

  /// The cells of each row, in the order of `heads`.
  package var cells: [[String]] {
    rows.map { row in
      let score = row.score
      func milliseconds(_ value: Double?) -> String { value.map { decimal($0, 0) } ?? "–" }
      return [
        row.name + (row.threshold == own ? " *" : ""),
        "\(score.right)/\(score.digits) \(percent(score.accuracy, 1))", "\(score.wrong)", "\(score.missed)",
        "\(score.repeated)", "\(score.otherWordsTakenForDigits)/\(score.otherWords)", "\(score.eventsOnNoiseAlone)",
        milliseconds(score.latencyMs.p50), milliseconds(score.latencyMs.p95), milliseconds(score.latencyMs.max),
      ]
    }
  }

  /// The name, the length and the number of utterances.
  package var title: String {
    guard let score = rows.first?.score else { return name }
    return
      "\(name): \(decimal(score.minutes, score.minutes < 10 ? 1 : 0)) min, \(score.digits) digits, \(score.otherWords) other words"
  }

  /// The table as text.
  package var text: String {
    [title, Table(header: Self.heads, rows: cells, alignment: .right).text, "* the model's own"]
      .joined(separator: "\n")
  }
}
