import Pictures

extension Chart {
  /// The source of the drawing's colours.
  package enum Setting: Sendable {
    /// The surrounding page, which contains `ChartTheme.variables` and `ChartTheme.rules`.
    case page
    /// The drawing itself: a file of its own, with a background.
    case file
  }

  /// The drawing.
  ///
  /// - Parameters:
  ///   - width: the total width in pixels; the drawing scales with its place.
  ///   - plotHeight: the height of the plot without title, axis and legend.
  package func svg(width: Double = 640, plotHeight: Double = 320, in setting: Setting = .page) -> String {
    ChartDrawing(chart: self, width: width, plotHeight: plotHeight).svg(setting)
  }
}

/// Draws one chart as SVG.
private struct ChartDrawing {
  let chart: Chart
  let width: Double
  let left = 58.0
  let top = 34.0
  let plotWidth: Double
  let plotHeight: Double

  init(chart: Chart, width: Double, plotHeight: Double) {
    self.chart = chart
    self.width = width
    self.plotHeight = plotHeight
    plotWidth = width - left - 22
  }

  func svg(_ setting: Chart.Setting) -> String {
    let legend = legendRows()
    let height = top + plotHeight + 48 + Double(legend.count) * 20
    let size = "\(n(width)) \(n(height))"
    var parts = [
      "<svg class=\"chart\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" width=\"\(n(width))\" "
        + "height=\"\(n(height))\" role=\"img\" aria-label=\"\(Markup.escaped(chart.title + ". " + chart.summary))\">"
    ]
    if case .file = setting {
      parts.append("<style>\(ChartTheme.variables(for: ".chart"))\(ChartTheme.rules)</style>")
      parts.append("<rect width=\"100%\" height=\"100%\" style=\"fill:var(--paper)\"/>")
    }
    parts.append(text(left, 18, chart.title, classes: "title"))
    parts += axes()
    parts += chart.bars.map(bar)
    parts += chart.rules.map(rule)
    parts += chart.series.map(line)
    parts += labels()
    parts += legendParts(legend)
    parts.append("</svg>")
    return parts.joined(separator: "\n")
  }

  private func n(_ value: Double) -> String { Markup.number(value) }
  private func px(_ value: Double) -> Double { left + plotWidth * chart.x.share(value) }
  private func py(_ value: Double) -> Double { top + plotHeight * (1 - chart.y.share(value)) }

  private func text(
    _ x: Double, _ y: Double, _ words: String, anchor: String = "start", classes: String = "", more: String = ""
  ) -> String {
    let anchor = anchor == "start" ? "" : " text-anchor=\"\(anchor)\""
    let classes = classes.isEmpty ? "" : " class=\"\(classes)\""
    return "<text x=\"\(n(x))\" y=\"\(n(y))\"\(anchor)\(classes)\(more)>\(Markup.escaped(words))</text>"
  }

  private func note(_ words: String?) -> String { words.map { "<title>\(Markup.escaped($0))</title>" } ?? "" }

  private func axes() -> [String] {
    let (right, bottom) = (left + plotWidth, top + plotHeight)
    var parts: [String] = []
    for tick in chart.x.ticks {
      let x = n(px(tick.value))
      parts.append("<path class=\"grid\" d=\"M\(x) \(n(top))V\(n(bottom))\"/>")
      parts.append(text(px(tick.value), bottom + 16, tick.label, anchor: "middle"))
    }
    for tick in chart.y.ticks {
      let y = n(py(tick.value))
      parts.append("<path class=\"grid\" d=\"M\(n(left)) \(y)H\(n(right))\"/>")
      parts.append(text(left - 7, py(tick.value) + 4, tick.label, anchor: "end"))
    }
    parts.append(
      "<rect class=\"frame\" x=\"\(n(left))\" y=\"\(n(top))\" width=\"\(n(plotWidth))\" height=\"\(n(plotHeight))\"/>")
    parts.append(text(left + plotWidth / 2, bottom + 36, chart.x.label, anchor: "middle"))
    let middle = top + plotHeight / 2
    parts.append(
      text(14, middle, chart.y.label, anchor: "middle", more: " transform=\"rotate(-90 14 \(n(middle)))\""))
    return parts
  }

  private func bar(_ bar: Chart.Bar) -> String {
    let (from, to) = (px(bar.range.lowerBound), px(bar.range.upperBound))
    let y = py(bar.value)
    // Above the bar, or in it if there is no room above.
    let label = bar.label.map {
      text((from + to) / 2, y < top + 16 ? y + 14 : y - 4, $0, anchor: "middle", classes: "name")
    }
    return "<rect x=\"\(n(from + 1))\" y=\"\(n(y))\" width=\"\(n(max(0, to - from - 2)))\" "
      + "height=\"\(n(top + plotHeight - y))\" style=\"fill:\(bar.tint.css);fill-opacity:.6\">\(note(bar.note))</rect>"
      + (label ?? "")
  }

  private func rule(_ rule: Chart.Rule) -> String {
    let (x, y) = (px(rule.to.x), py(rule.to.y))
    let path =
      "<path class=\"rule\" d=\"M\(n(px(rule.from.x))) \(n(py(rule.from.y)))L\(n(x)) \(n(y))\"/>"
    guard let label = rule.label else { return path }
    // Inside the plot, on the side where there is room.
    let isRight = x > left + plotWidth / 2
    return path
      + text(
        isRight ? x - 5 : x + 5, max(top + 13, min(y - 5, top + plotHeight - 5)), label,
        anchor: isRight ? "end" : "start")
  }

  private func stroke(_ series: Chart.Series) -> String {
    let dashes = series.dashes.isEmpty ? "" : ";stroke-dasharray:" + series.dashes.map(n).joined(separator: " ")
    return "stroke:\(series.tint.css);stroke-width:\(n(series.width))\(dashes)"
  }

  private func line(_ series: Chart.Series) -> String {
    var parts: [String] = []
    let places = series.points.map { "\(n(px($0.x))) \(n(py($0.y)))" }
    if series.style != .points, places.count > 1 {
      parts.append(
        "<path class=\"line\" d=\"M\(places.joined(separator: "L"))\" style=\"\(stroke(series))\">"
          + "\(note(series.name.isEmpty ? nil : series.name))</path>")
    }
    if series.style != .line {
      let radius = max(3, series.width * 1.5)
      for point in series.points {
        parts.append(
          "<circle cx=\"\(n(px(point.x)))\" cy=\"\(n(py(point.y)))\" r=\"\(n(radius))\" "
            + "style=\"fill:\(series.tint.css)\">\(note(point.note))</circle>")
      }
    }
    return parts.joined(separator: "\n")
  }

  /// The labels beside points; labels that would overlap others are left out.
  private func labels() -> [String] {
    var taken: [(left: Double, right: Double, y: Double)] = []
    var parts: [String] = []
    for point in chart.series.flatMap(\.points) {
      guard let label = point.label else { continue }
      let (x, y, length) = (px(point.x), max(top + 12, py(point.y) - 6), Self.letter * Double(label.count))
      let isFarRight = x + 8 + length > left + plotWidth
      let start = isFarRight ? x - 8 - length : x + 8
      guard !taken.contains(where: { $0.left < start + length && start < $0.right && abs($0.y - y) < 13 }) else {
        continue
      }
      taken.append((start, start + length, y))
      parts.append(text(isFarRight ? x - 8 : x + 8, y, label, anchor: isFarRight ? "end" : "start"))
    }
    return parts
  }

  /// The approximate width of a letter in the charts.
  private static let letter = 6.6

  // MARK: legend

  private struct LegendItem {
    let series: Chart.Series
    let x: Double
  }

  /// The named series in rows that are no wider than the plot.
  private func legendRows() -> [[LegendItem]] {
    var rows: [[LegendItem]] = []
    var x = left
    for series in chart.series where !series.name.isEmpty {
      let needed = 34 + Self.letter * Double(series.name.count) + 16
      if rows.isEmpty || x + needed > left + plotWidth {
        rows.append([])
        x = left
      }
      rows[rows.count - 1].append(LegendItem(series: series, x: x))
      x += needed
    }
    return rows
  }

  private func legendParts(_ rows: [[LegendItem]]) -> [String] {
    rows.enumerated().flatMap { row, items in
      items.map { item in
        let y = top + plotHeight + 58 + Double(row) * 20
        let mark =
          item.series.style == .points
          ? "<circle cx=\"\(n(item.x + 14))\" cy=\"\(n(y - 4))\" r=\"4\" style=\"fill:\(item.series.tint.css)\"/>"
          : "<path class=\"line\" d=\"M\(n(item.x)) \(n(y - 4))h28\" style=\"\(stroke(item.series))\"/>"
        return mark + text(item.x + 34, y, item.series.name, classes: "name")
      }
    }
  }
}

extension Chart.Tint {
  fileprivate var css: String {
    switch self {
    case .distinct(let index): "var(--c\(abs(index) % ChartTheme.distinctCount))"
    case .muted: "var(--muted)"
    case .ink: "var(--ink)"
    }
  }
}
