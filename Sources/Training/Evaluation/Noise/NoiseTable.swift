import Recognition
import Wording

/// Accuracy in noise, by kind and signal-to-noise ratio.
package struct NoiseTable: Sendable, Equatable, Codable {
  package struct Row: Sendable, Equatable, Codable {
    package var noise: String
    /// The share of right best guesses of the ten, for each ratio, 0…1.
    package var accuracy: [Double]
    /// The counts for each ratio: right best guesses, digits emitted correctly, and digits emitted wrongly.
    package var right: [Int]
    package var emittedRight: [Int]
    package var emittedWrong: [Int]
    /// Whether models were trained on these recordings of noise.
    package var learnedFrom: Bool

    enum CodingKeys: String, CodingKey {
      case noise, accuracy, right
      case emittedRight = "told_right"
      case emittedWrong = "told_wrong"
      case learnedFrom = "learned_from"
    }

    package init(
      noise: String, accuracy: [Double] = [], right: [Int] = [], emittedRight: [Int] = [], emittedWrong: [Int] = [],
      learnedFrom: Bool = false
    ) {
      self.noise = noise
      self.accuracy = accuracy
      self.right = right
      self.emittedRight = emittedRight
      self.emittedWrong = emittedWrong
      self.learnedFrom = learnedFrom
    }
  }

  /// The kind with the lowest accuracy at one ratio.
  package struct Worst: Sendable, Equatable, Codable {
    package var noise: String
    package var accuracy: Double

    package init(noise: String, accuracy: Double) {
      self.noise = noise
      self.accuracy = accuracy
    }
  }

  /// The signal-to-noise ratios in dB.
  package var snr: [Double]
  package var rows: [Row]
  /// The number of recordings for each kind and ratio.
  package var total: Int
  package var seed: UInt64
  package var margin: NoisyCondition.Margin
  /// The mean over kinds, for each ratio.
  package var mean: [Double]
  package var worst: [Worst]

  package init(snr: [Double], rows: [Row], total: Int, seed: UInt64, margin: NoisyCondition.Margin) {
    self.snr = snr
    self.rows = rows
    self.total = total
    self.seed = seed
    self.margin = margin
    mean = snr.indices.map { i in rows.reduce(0) { $0 + $1.accuracy[i] } / Double(max(1, rows.count)) }
    worst = snr.indices.compactMap { i in
      rows.min { $0.accuracy[i] < $1.accuracy[i] }.map { Worst(noise: $0.noise, accuracy: $0.accuracy[i]) }
    }
  }

  /// Evaluates every clip in every kind of noise at every ratio.
  ///
  /// - Parameters:
  ///   - clips: recordings of digits.
  ///   - progress: the share done, 0…1, and the current kind.
  package static func measure(
    _ evaluator: Evaluator, clips: [Clip], in kinds: [NoiseKind], snr: [Double], margin: NoisyCondition.Margin = .none,
    seed: UInt64, progress: (Double, String) -> Void
  ) throws -> NoiseTable {
    var rows: [Row] = []
    for (index, kind) in kinds.enumerated() {
      var row = Row(noise: kind.name, learnedFrom: kind.isLearnedFrom)
      for (column, ratio) in snr.enumerated() {
        progress(
          (Double(index) + Double(column) / Double(snr.count)) / Double(kinds.count),
          "\(kind.name), \(decimal(ratio, 0)) dB")
        let condition = NoisyCondition(kind: kind, signalToNoise: ratio, margin: margin, seed: seed)
        let summary = EvaluationSummary(try evaluator.outcomes(for: clips) { condition.samples(of: $1, index: $0) })
        row.accuracy.append(summary.accuracy)
        row.right.append(summary.right)
        row.emittedRight.append(summary.acceptedRight)
        row.emittedWrong.append(summary.acceptedWrong)
      }
      rows.append(row)
    }
    return NoiseTable(snr: snr, rows: rows, total: clips.count, seed: seed, margin: margin)
  }

  /// The table as text: accuracy in %, one line for each kind, then the mean and the worst.
  package var text: String {
    var lines = rows.map { row in
      [row.noise + (row.learnedFrom ? " *" : "")] + row.accuracy.map { decimal(100 * $0, 1) }
    }
    if rows.count > 1 {
      lines.append(["mean"] + mean.map { decimal(100 * $0, 1) })
      lines.append(["worst"] + worst.map { "\($0.noise) \(decimal(100 * $0.accuracy, 1))" })
    }
    let header = ["correct, %"] + snr.map { "\(decimal($0, 0)) dB" }
    let note = rows.contains(where: \.learnedFrom) ? "\n* only recordings that models learn from as a background" : ""
    return Table(header: header, rows: lines, alignment: .numbers).text + note
  }
}
