import Pictures

/// The charts of a report.
extension EvaluationReport {
  /// A chart with the name of the file that holds it alone.
  typealias NamedChart = (name: String, chart: Chart)

  static let dashes: [[Double]] = [[], [7, 3], [2, 3], [9, 3, 2, 3], [4, 4]]

  /// All that there are, for files of their own.
  var charts: [NamedChart] {
    [noiseChart, tradeoffChart, reliabilityChart].compactMap { $0 } + streamCharts
  }

  /// Kinds that stand out in the chart; the others are drawn faintly.
  private static let named = ["white", "pink", "babble", "music"]

  var noiseChart: NamedChart? {
    guard let noise, noise.snr.count > 1, let least = noise.worst.map(\.accuracy).min() else { return nil }
    let columns = noise.snr.indices.sorted { noise.snr[$0] < noise.snr[$1] }
    func points(_ values: [Double], _ name: String) -> [Chart.Point] {
      columns.map { column in
        Chart.Point(
          x: noise.snr[column], y: 100 * values[column],
          note: "\(name), \(fixed(noise.snr[column], 0)) dB: \(fixed(100 * values[column], 1)) %")
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
          "At \(fixed(noise.snr[$0], 0)) dB \(fixed(100 * noise.mean[$0], 1)) % in the mean, "
            + "\(fixed(100 * noise.worst[$0].accuracy, 1)) % in \(noise.worst[$0].noise)."
        }.joined(separator: " "),
        x: Chart.Axis(
          "signal over noise, dB", range: low...max(high, low + 1), ticks: noise.snr.map { .init($0, fixed($0, 0)) }),
        y: Chart.Axis("best guess right, %", range: min(90, (10 * least).rounded(.down) * 10)...100),
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
              "threshold \(fixed(point.threshold, 3)): \(point.falseAccepts.text) taken, \(point.misses.text) missed")
        }, tint: .distinct(index), dashes: Self.dashes[index % Self.dashes.count])
    }
    func missed(_ told: Proportion) -> Double { 1 - told.rate }
    let own = speech.own
    let places = [
      own.segmentsClassified.total > 0 ? (own.segmentsClassified, own.digitsClassified) : nil,
      own.nearWordsClassified.map { ($0, own.digitsClassified) }, (own.speechHeard, own.digitsHeard),
    ].compactMap { $0 }
    let here = Chart.Series(
      "threshold in use", places.map { Chart.Point(x: $0.rate, y: missed($1)) }, tint: .ink, style: .points)
    return (
      "tradeoff",
      Chart(
        title: "What is taken for a digit, against digits missed",
        summary: speech.curves.map { curve in
          "\(curve.name): "
            + (curve.equalErrorRate.map { "equal error rate \(fixed(100 * $0, 1)) %" } ?? "the errors never meet")
        }.joined(separator: "; "),
        x: .errorRate("taken for a digit, %", range: 0.002...0.8),
        y: .errorRate("digits missed, %", range: 0.005...0.8),
        series: curves + [here])
    )
  }

  var reliabilityChart: NamedChart? {
    guard let reliability, reliability.bins.contains(where: { $0.count > 0 }) else { return nil }
    return (
      "reliability",
      Chart(
        title: "Whether confidence means what it says",
        summary: "Expected calibration error \(fixed(reliability.expectedError, 3)).",
        x: Chart.Axis("confidence", range: 0...1), y: Chart.Axis("share that was right", range: 0...1),
        bars: reliability.bins.enumerated().filter { $1.count > 0 }.map { index, bin in
          Chart.Bar(
            over: Double(index) / 10...Double(index + 1) / 10, value: bin.rate, label: "\(bin.count)",
            note: "\(bin.right) of \(bin.count) right, confidence \(fixed(bin.confidence, 2)) in the mean")
        },
        rules: [Chart.Rule(from: .init(x: 0, y: 0), to: .init(x: 1, y: 1))])
    )
  }

  var streamCharts: [NamedChart] {
    streams.compactMap { sweep in
      let rows = sweep.rows.filter { $0.score.latencyMs.p50 != nil && $0.score.digits > 0 }
      guard let slowest = rows.compactMap(\.score.latencyMs.p95).max() else { return nil }
      let shares = rows.map { 100 * $0.score.accuracy }
      guard let least = shares.min(), let most = shares.max() else { return nil }
      // Many points lie on one another: the ends and the model's own are named.
      let ends = [rows.first, rows.last].compactMap { $0?.certainty }
      func series(
        _ name: String, _ tint: Chart.Tint, _ dashes: [Double], _ value: (StreamScore.Latency) -> Double?
      ) -> Chart.Series {
        let points = rows.compactMap { row -> Chart.Point? in
          guard let milliseconds = value(row.score.latencyMs) else { return nil }
          let isOwn = row.certainty == sweep.own
          return Chart.Point(
            x: milliseconds, y: 100 * row.score.accuracy,
            label: isOwn ? row.name + " *" : ends.contains(row.certainty) ? row.name : nil,
            note: "certainty \(row.name): \(fixed(100 * row.score.accuracy, 1)) % right, \(fixed(milliseconds, 0)) ms")
        }
        return Chart.Series(name, points, tint: tint, style: .lineAndPoints, width: 1.5, dashes: dashes)
      }
      return (
        "stream-" + String(sweep.name.map { $0.isLetter || $0.isNumber ? $0 : "-" }),
        Chart(
          title: "Accuracy against time to decide: \(sweep.name)",
          summary: "From \(fixed(least, 1)) to \(fixed(most, 1)) % of the digits right.",
          x: Chart.Axis(
            "from the end of the sound to the answer, ms", range: 0...max(50, (slowest / 50 + 0.5).rounded(.up) * 50)),
          y: Chart.Axis(
            "digits told rightly, %", range: max(0, least.rounded(.down) - 1)...min(100, most.rounded(.up) + 1)),
          series: [
            series("half of the answers come within", .distinct(0), []) { $0.p50 },
            series("95 of 100 come within", .distinct(1), [6, 3]) { $0.p95 },
          ])
      )
    }
  }
}
