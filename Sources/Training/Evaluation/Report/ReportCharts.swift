import Pictures
import Wording

/// The charts of a report.
extension EvaluationReport {
  /// A chart and the name of its own file.
  typealias NamedChart = (name: String, chart: Chart)

  static let dashes: [[Double]] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4]]

  /// All charts, for files of their own.
  var charts: [NamedChart] {
    [noiseChart, tradeoffChart, reliabilityChart].compactMap { $0 } + streamCharts
  }

  /// The kinds that are emphasised in the chart; the others are drawn faintly.
  private static let named = ["white", "pink", "babble", "music"]

  var noiseChart: NamedChart? {
    guard let noise, noise.snr.count > 1, let least = noise.worst.map(\.accuracy).min() else { return nil }
    let columns = noise.snr.indices.sorted { noise.snr[$0] < noise.snr[$1] }
    func points(_ values: [Double], _ name: String) -> [Chart.Point] {
      columns.map { column in
        Chart.Point(
          x: noise.snr[column], y: 100 * values[column],
          note: "\(name), \(decimal(noise.snr[column], 0)) dB: \(percent(values[column], 1))")
      }
    }
    let faint = noise.rows.filter { !Self.named.contains($0.noise) }.map { row in
      Chart.Series("", points(row.accuracy, row.noise), tint: .muted, style: .lineAndPoints, width: 1)
    }
    let plain = Self.named.compactMap { name in noise.rows.first { $0.noise == name } }.enumerated().map { index, row in
      Chart.Series(
        row.noise, points(row.accuracy, row.noise), tint: .distinct(index), style: .lineAndPoints,
        dashes: Self.dashes[(index + 1) % Self.dashes.count])
    }
    let mean = Chart.Series(
      noise.rows.count > 1 ? "mean of all kinds" : noise.rows[0].noise, points(noise.mean, "mean"), tint: .ink,
      style: .lineAndPoints, width: 3)
    let others = faint.isEmpty ? [] : [Chart.Series("other kinds", [], tint: .muted, width: 1)]
    let low = noise.snr[columns.first ?? 0]
    let high = noise.snr[columns.last ?? 0]
    return (
      "noise",
      Chart(
        title: "Digits recognised in noise",
        summary: noise.snr.indices.map {
          "At \(decimal(noise.snr[$0], 0)) dB \(percent(noise.mean[$0], 1)) in the mean, "
            + "\(percent(noise.worst[$0].accuracy, 1)) in \(noise.worst[$0].noise)."
        }.joined(separator: " "),
        x: Chart.Axis(
          "signal over noise, dB", range: low...max(high, low + 1), ticks: noise.snr.map { .init($0, decimal($0, 0)) }),
        y: Chart.Axis("best guess correct, %", range: min(90, (10 * least).rounded(.down) * 10)...100),
        series: (noise.rows.count > 1 ? faint + others + plain : []) + [mean])
    )
  }

  var tradeoffChart: NamedChart? {
    guard let speech, !speech.curves.isEmpty else { return nil }
    let curves = speech.curves.enumerated().map { index, curve in
      Chart.Series(
        curve.name,
        curve.points.map { point in
          Chart.Point(
            x: point.falseAccepts.rate, y: point.misses.rate,
            note:
              "threshold \(decimal(point.threshold, 3)): \(point.falseAccepts.text) false accepts, \(point.misses.text) missed"
          )
        }, tint: .distinct(index), dashes: Self.dashes[index % Self.dashes.count])
    }
    func missed(_ emitted: Proportion) -> Double { 1 - emitted.rate }
    let own = speech.own
    let places = [(own.speech, own.digits), own.nearWords.map { ($0, own.digits) }].compactMap { $0 }
    let here = Chart.Series(
      "threshold in use", places.map { Chart.Point(x: $0.rate, y: missed($1)) }, tint: .ink, style: .points)
    return (
      "tradeoff",
      Chart(
        title: "False accepts against missed digits",
        summary: speech.curves.map { curve in
          "\(curve.name): "
            + (curve.equalErrorRate.map { "equal error rate \(percent($0, 1))" } ?? "the errors never meet")
        }.joined(separator: "; "),
        x: .errorRate("false accepts, %", range: 0.002...0.8),
        y: .errorRate("digits missed, %", range: 0.005...0.8),
        series: curves + [here])
    )
  }

  var reliabilityChart: NamedChart? {
    guard let reliability, reliability.bins.contains(where: { $0.count > 0 }) else { return nil }
    return (
      "reliability",
      Chart(
        title: "Calibration of the confidence",
        summary: "Expected calibration error \(decimal(reliability.expectedError, 3)).",
        x: Chart.Axis("confidence", range: 0...1), y: Chart.Axis("share correct", range: 0...1),
        bars: reliability.bins.enumerated().filter { $1.count > 0 }.map { index, bin in
          Chart.Bar(
            over: Double(index) / 10...Double(index + 1) / 10, value: bin.rate, label: "\(bin.count)",
            note: "\(bin.right) of \(bin.count) correct, mean confidence \(decimal(bin.confidence, 2))")
        },
        rules: [Chart.Rule(from: .init(x: 0, y: 0), to: .init(x: 1, y: 1))])
    )
  }

  var streamCharts: [NamedChart] {
    streams.compactMap { sweep in
      let rows = sweep.rows.filter { $0.score.digits > 0 }
      let shares = rows.map { 100 * $0.score.accuracy }
      guard let least = shares.min(), let highest = shares.max() else { return nil }
      func falseAccepts(_ score: StreamScore) -> Int {
        score.wrong + score.repeated + score.otherWordsTakenForDigits + score.eventsOnNoiseAlone
      }
      let most = rows.map { falseAccepts($0.score) }.max() ?? 0
      let points = rows.map { row in
        Chart.Point(
          x: Double(falseAccepts(row.score)), y: 100 * row.score.accuracy,
          label: row.threshold == sweep.own ? row.name + " *" : nil,
          note: "threshold \(row.name): \(percent(row.score.accuracy, 1)) correct, "
            + "\(falseAccepts(row.score)) false accepts")
      }
      return (
        "stream-" + String(sweep.name.map { $0.isLetter || $0.isNumber ? $0 : "-" }),
        Chart(
          title: "Correct digits against false accepts: \(sweep.name)",
          summary: "From \(decimal(least, 1)) to \(decimal(highest, 1)) % of the digits correct.",
          x: Chart.Axis("false accepts", range: 0...Double(max(1, most + 1))),
          y: Chart.Axis(
            "digits correct, %", range: max(0, least.rounded(.down) - 1)...min(100, highest.rounded(.up) + 1)),
          series: [Chart.Series("", points, tint: .distinct(0), style: .lineAndPoints, width: 1.5)])
      )
    }
  }
}
