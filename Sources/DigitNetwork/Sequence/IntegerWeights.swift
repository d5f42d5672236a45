/// A convolution's weights as 16-bit integers, each filter with a scale of its own.
struct IntegerWeights {
  /// [panels, patch / 2, 16] pairs, for inputs side by side.
  let values: AlignedBuffer<Int16>
  /// [panels, 16]: a weight is about its integer times this.
  let scales: AlignedFloats

  /// The integer for the input farthest from 0 in a frame. The more steps the inputs have, the fewer are left for the
  /// weights: the sum of the products of a row must fit into 32 bits, whatever the input.
  static let largestInput = 4095
  /// The fewest steps between 0 and a filter's largest weight; with fewer, integers would be less precise than
  /// bfloat16.
  static let fewestSteps: Float = 500

  /// Nil if the sums leave too few steps for the weights: in a filter with many large weights in a row.
  ///
  /// - Parameter floats: [panels, rows · run, 16]
  init?(_ floats: AlignedFloats, panels: Int, rows: Int, run: Int) {
    guard run.isMultiple(of: 8) else { return nil }
    let patch = rows * run
    values = AlignedBuffer(count: floats.count)
    scales = AlignedFloats(count: panels * panelWidth)
    // Rounding adds half a step to each weight at most.
    let room = Float(Int(Int32.max) / Self.largestInput - run)
    for filter in 0..<panels * panelWidth {
      let (panel, lane) = filter.quotientAndRemainder(dividingBy: panelWidth)
      func weight(_ k: Int) -> Float { floats.pointer[(panel * patch + k) * panelWidth + lane] }
      var (largest, sum): (Float, Float) = (0, 0)
      for row in 0..<rows {
        var sumOfRow: Float = 0
        for k in row * run..<(row + 1) * run {
          largest = max(largest, abs(weight(k)))
          sumOfRow += abs(weight(k))
        }
        sum = max(sum, sumOfRow)
      }
      // The inverse of a scale this small would overflow, so the weights become 0.
      guard largest > 1e-30 else { continue }
      let steps = min(Float(Int16.max), (room * (largest / sum)).rounded(.down))
      guard steps >= Self.fewestSteps else { return nil }
      scales.pointer[filter] = largest / steps
      for k in 0..<patch {
        let (pair, half) = k.quotientAndRemainder(dividingBy: 2)
        values.pointer[((panel * patch / 2 + pair) * panelWidth + lane) * 2 + half] = Int16(
          (weight(k) / largest * steps).rounded())
      }
    }
  }
}
