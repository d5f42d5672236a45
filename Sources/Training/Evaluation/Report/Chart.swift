/// A chart of lines, points and bars, drawn as SVG without script. Its colours are suitable for colour-blind readers
/// and follow the reader's light or dark preference; a text describes it for those who cannot see it.
package struct Chart: Sendable, Equatable {
  /// What the chart shows, in a few words: its heading, which a screen reader reads first.
  package var title: String
  /// What can be seen in it, for those who cannot see it.
  package var summary: String
  package var x: Axis
  package var y: Axis
  package var series: [Series]
  package var bars: [Bar]
  package var rules: [Rule]

  package init(
    title: String, summary: String, x: Axis, y: Axis, series: [Series] = [], bars: [Bar] = [], rules: [Rule] = []
  ) {
    self.title = title
    self.summary = summary
    self.x = x
    self.y = y
    self.series = series
    self.bars = bars
    self.rules = rules
  }

  /// One of the theme's colours.
  package enum Tint: Sendable, Equatable {
    /// One of five colours that are distinct for everyone; the sixth is the first again.
    case distinct(Int)
    /// For what is only background.
    case muted
    /// The colour of the text.
    case ink
  }

  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double
    /// Written beside the point.
    package var label: String?
    /// Shown when the pointer rests on it.
    package var note: String?

    package init(x: Double, y: Double, label: String? = nil, note: String? = nil) {
      self.x = x
      self.y = y
      self.label = label
      self.note = note
    }
  }

  /// Points that belong together.
  package struct Series: Sendable, Equatable {
    package enum Style: Sendable, Equatable {
      case line
      case points
      case lineAndPoints
    }

    /// The name in the legend; a series without a name is not listed.
    package var name: String
    package var points: [Point]
    package var tint: Tint
    package var style: Style
    /// The line's width in pixels.
    package var width: Double
    /// Lengths of dashes and gaps in pixels, so that lines differ not only in colour; empty for a solid line.
    package var dashes: [Double]

    package init(
      _ name: String, _ points: [Point], tint: Tint, style: Style = .line, width: Double = 2, dashes: [Double] = []
    ) {
      self.name = name
      self.points = points
      self.tint = tint
      self.style = style
      self.width = width
      self.dashes = dashes
    }
  }

  /// A bar from 0, or from the axis' lower end, up to a value.
  package struct Bar: Sendable, Equatable {
    package var range: ClosedRange<Double>
    package var value: Double
    package var tint: Tint
    /// Written at its upper end.
    package var label: String?
    package var note: String?

    package init(
      over range: ClosedRange<Double>, value: Double, tint: Tint = .distinct(0), label: String? = nil,
      note: String? = nil
    ) {
      self.range = range
      self.value = value
      self.tint = tint
      self.label = label
      self.note = note
    }
  }

  /// A thin dashed reference line: the diagonal, a limit, the value in use.
  package struct Rule: Sendable, Equatable {
    package var from: Point
    package var to: Point
    /// Written at its end.
    package var label: String?

    package init(from: Point, to: Point, label: String? = nil) {
      self.from = from
      self.to = to
      self.label = label
    }
  }
}
