import Pictures
import Wording

/// The sections of the page.
extension EvaluationReport {
  var summarySection: String? {
    func row(_ name: String, _ figure: Proportion) -> (String, [HTML.Cell])? {
      guard figure.total > 0 else { return nil }
      let interval = figure.interval
      return (
        name,
        [
          HTML.Cell("\(figure.count) of \(figure.total)"), HTML.Cell("\(percent(figure.rate, 1))"),
          HTML.Cell("\(decimal(100 * interval.lowerBound, 1)) – \(percent(interval.upperBound, 1))"),
        ]
      )
    }
    var rows: [(String, [HTML.Cell])?] = splits.flatMap { split -> [(String, [HTML.Cell])?] in
      let summary = split.summary
      return [
        row("\(Self.name(of: split.name)): best guess correct", Proportion(summary.right, of: summary.total)),
        row("\(Self.name(of: split.name)): emitted and correct", Proportion(summary.acceptedRight, of: summary.total)),
      ]
    }
    if let noise, let hardest = noise.snr.min(), let column = noise.snr.firstIndex(of: hardest) {
      let right = noise.rows.reduce(0) { $0 + ($1.right.indices.contains(column) ? $1.right[column] : 0) }
      rows.append(
        row(
          "in noise at \(decimal(hardest, 0)) dB: best guess correct",
          Proportion(right, of: noise.total * noise.rows.count)
        ))
    }
    if let speech {
      rows.append(row("other speech: recordings with a false accept", speech.own.speech))
      rows += [speech.own.nearWords.flatMap { row("words like a digit: recordings with a false accept", $0) }]
    }
    let figures = rows.compactMap { $0 }
    guard !figures.isEmpty else { return nil }
    return HTML.section(
      "In short",
      [
        HTML.table(
          "The last column is where the true rate lies with a confidence of 95 % (Wilson).",
          heads: ["", "", "rate", "95 %"], rows: figures)
      ])
  }

  private static func name(of split: String) -> String {
    switch split {
    case "test": "FSDD, takes 0–4"
    case "test600": "FSDD, takes 0–9"
    case "validate": "strangers (validate)"
    default: split
    }
  }

  private static func confusionCell(_ count: Int, isRight: Bool, most: Double) -> HTML.Cell {
    if count == 0 { return HTML.Cell("·") }
    // A mistake must be visible even if it is the only one.
    let share = isRight ? 0.45 * Double(count) / most : min(0.8, 0.3 + 0.1 * Double(count))
    return HTML.Cell("\(count)", tint: (share, isRight))
  }

  var digitsSection: String? {
    let tables = splits.filter { $0.summary.total > 0 }.map { split in
      let most = Double(max(1, split.summary.confusion.joined().max() ?? 1))
      return HTML.table(
        Self.name(of: split.name),
        heads: [""] + (0..<10).map { "\($0)" },
        rows: split.summary.confusion.enumerated().map { said, counts in
          ("\(said)", counts.enumerated().map { Self.confusionCell($1, isRight: $0 == said, most: most) })
        }, classes: "square")
    }
    guard !tables.isEmpty else { return nil }
    return HTML.section(
      "Confusion of the digits",
      [
        HTML.paragraph(
          "Rows: what was said. Columns: the best guess of the ten digits, whether or not it was emitted."),
        HTML.element("div", tables.joined(separator: "\n"), "class=\"beside\""),
      ])
  }

  var noiseSection: String? {
    guard let noise else { return nil }
    func cell(_ accuracy: Double) -> HTML.Cell {
      HTML.Cell(decimal(100 * accuracy, 1), tint: (min(0.75, 1.5 * (1 - accuracy)), false))
    }
    var rows = noise.rows.map { ($0.noise + ($0.learnedFrom ? " *" : ""), $0.accuracy.map(cell)) }
    if noise.rows.count > 1 {
      rows.append(("mean", noise.mean.map(cell)))
      rows.append(("worst", noise.worst.map { HTML.Cell("\($0.noise) \(decimal(100 * $0.accuracy, 1))") }))
    }
    let margin =
      noise.margin == .none
      ? ""
      : " It begins \(decimal(noise.margin.before, 1)) s before and ends \(decimal(noise.margin.after, 1)) s after."
    return HTML.section(
      "In noise",
      [
        HTML.paragraph(
          "\(noise.total) recordings of digits in each kind of noise, which lies over all of the recording; the ratio is "
            + "taken over where the word sounds.\(margin)"
            + (noise.rows.contains(where: \.learnedFrom)
              ? " * Only recordings that models learn from as a background: that row flatters." : "")),
        noiseChart.map { $0.chart.svg() } ?? "",
        HTML.table(
          "Best guess correct, in %, by signal-to-noise ratio", heads: [""] + noise.snr.map { "\(decimal($0, 0)) dB" },
          rows: rows),
      ])
  }

  var speechSection: String? {
    guard let speech else { return nil }
    return HTML.section(
      "Non-digits",
      [
        HTML.paragraph(
          "Each recording by itself, as the daemon and classify hear it; any digit emitted counts."),
        HTML.table(
          "At two thresholds", heads: [""] + speech.heads,
          rows: speech.rows.map { ($0.name, $0.cells.map { HTML.Cell($0) }) },
          classes: "words"),
        tradeoffChart.map {
          HTML.figure(
            $0.chart.svg(plotHeight: 380),
            "Each curve runs over several thresholds; the further down and left, the better. Both axes by normal quantiles."
          )
        } ?? "",
      ])
  }

  var reliabilitySection: String? {
    guard let reliability, let chart = reliabilityChart else { return nil }
    let count = reliability.bins.reduce(0) { $0 + $1.count }
    return HTML.section(
      "Confidence",
      [
        HTML.figure(
          chart.chart.svg(width: 420, plotHeight: 320),
          "The share correct at each confidence, and the number of recordings: \(count) of digits and of other speech (of split "
            + "validate, if there is one), both groups with the same weight. On the diagonal, share and confidence agree. "
            + "Expected calibration error \(decimal(reliability.expectedError, 3))."
        )
      ])
  }

  var streamSection: String? {
    guard !streams.isEmpty else { return nil }
    let charts = streamCharts
    return HTML.section(
      "In a long recording",
      [
        HTML.paragraph(
          "Long recordings as the daemon hears them, once for each confidence from which a word is emitted. * is the model's "
            + "own; the times are from the end of the sound to the answer.")
      ]
        + streams.map { sweep in
          let name = "stream-" + String(sweep.name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
          return (charts.first { $0.name == name }.map { $0.chart.svg() } ?? "")
            + HTML.table(
              sweep.title, heads: StreamSweep.heads,
              rows: sweep.cells.map { ($0[0], $0.dropFirst().map { HTML.Cell($0) }) }, classes: "dense")
        })
  }

  var mistakesSection: String? {
    guard !mistakes.isEmpty else { return nil }
    return HTML.section(
      "The worst mistakes",
      [
        HTML.paragraph(
          "The surest first. Above the sound; below its mel spectrogram up to 4 kHz; beside it the ten digits, in percent, and "
            + "that it was none."),
        HTML.element("div", mistakes.map(\.figure).joined(separator: "\n"), "class=\"cards\""),
      ])
  }
}
