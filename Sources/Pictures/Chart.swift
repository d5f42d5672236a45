/// A chart of lines, points and bars, drawn as SVG: no script, colours that the colour-blind can tell apart and that
/// follow the reader's light or dark preference, and words for those who cannot see it.
public struct Chart: Sendable, Equatable {
  /// What the chart shows, in a few words: stands over it, and is what a screen reader says first.
  public var title: String
  /// What there is to see in it, for those who cannot.
  public var summary: String
  public var x: Axis
  public var y: Axis
  public var series: [Series]
  public var bars: [Bar]
  public var rules: [Rule]

  public init(
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
  public enum Tint: Sendable, Equatable {
    /// One of five that are told apart by anybody; the sixth is the first again.
    case distinct(Int)
    /// For what is only background to the rest.
    case muted
    /// As the text is.
    case ink
  }

  public struct Point: Sendable, Equatable {
    public var x: Double
    public var y: Double
    /// Written beside the point.
    public var label: String?
    /// Shown when the pointer rests on it.
    public var note: String?

    public init(x: Double, y: Double, label: String? = nil, note: String? = nil) {
      self.x = x
      self.y = y
      self.label = label
      self.note = note
    }
  }

  /// Points that belong together.
  public struct Series: Sendable, Equatable {
    public enum Style: Sendable, Equatable {
      case line
      case points
      case lineAndPoints
    }

    /// Stands in the legend; a series without a name is not in it.
    public var name: String
    public var points: [Point]
    public var tint: Tint
    public var style: Style
    /// The line's width in pixels.
    public var width: Double
    /// Lengths of dashes and gaps in pixels, so that colour is not all that tells lines apart; empty for a whole line.
    public var dashes: [Double]

    public init(
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
  public struct Bar: Sendable, Equatable {
    public var range: ClosedRange<Double>
    public var value: Double
    public var tint: Tint
    /// Written at its upper end.
    public var label: String?
    public var note: String?

    public init(
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

  /// A thin dashed line that is held against: the diagonal, a limit, what is in use.
  public struct Rule: Sendable, Equatable {
    public var from: Point
    public var to: Point
    /// Written at its end.
    public var label: String?

    public init(from: Point, to: Point, label: String? = nil) {
      self.from = from
      self.to = to
      self.label = label
    }
  }
}
