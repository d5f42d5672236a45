/// A sound as it is drawn when there are more samples than pixels: how far it goes up and down in each column.
package struct Waveform: Sendable, Equatable {
  /// The largest and the smallest sample of each column.
  package let columns: [ClosedRange<Float>]

  /// - Parameters:
  ///   - samples: −1…1; NaN and infinity count as 0.
  ///   - columns: how many columns to make of them; one or more samples each, as evenly as may be.
  package init(_ samples: some RandomAccessCollection<Float>, columns: Int) {
    let count = samples.count
    let columns = max(1, min(columns, max(1, count)))
    self.columns = (0..<columns).map { column in
      let from = samples.index(samples.startIndex, offsetBy: column * count / columns)
      let to = samples.index(samples.startIndex, offsetBy: (column + 1) * count / columns)
      var (low, high): (Float, Float) = (.infinity, -.infinity)
      for sample in samples[from..<to] {
        let value = sample.isFinite ? sample : 0
        low = min(low, value)
        high = max(high, value)
      }
      return low <= high ? low...high : 0...0
    }
  }

  /// The largest distance from 0.
  package var peak: Float { columns.reduce(0) { max($0, abs($1.lowerBound), abs($1.upperBound)) } }

  /// The `d` of an SVG path: the outline, in a box of `width` × `height` whose upper left corner is (`x`, `y`).
  ///
  /// - Parameter fullScale: the sample that reaches the box's edge; by default the peak.
  package func path(x: Double = 0, y: Double = 0, width: Double, height: Double, fullScale: Float? = nil) -> String {
    let scale = fullScale ?? peak
    let step = width / Double(columns.count)
    func point(_ column: Int, _ value: Float) -> String {
      let share = scale > 0 ? Double(min(1, max(-1, value / scale))) : 0
      return Markup.number(x + (Double(column) + 0.5) * step) + " "
        + Markup.number(y + height / 2 * (1 - share))
    }
    let upper = columns.indices.map { point($0, columns[$0].upperBound) }
    let lower = columns.indices.reversed().map { point($0, columns[$0].lowerBound) }
    return "M" + (upper + lower).joined(separator: "L") + "Z"
  }
}
