/// The one-cycle learning rate (L. Smith and N. Topin, 2019): up to the highest rate in the first part, down to almost
/// zero in the rest, both along half a cosine. It equals PyTorch's `OneCycleLR` at its defaults. A pure function of the
/// step, so that resuming needs no other state.
package struct OneCycle: Sendable, Equatable {
  package var highest: Float
  package var steps: Int
  /// The share of steps that rise.
  package var rise: Float
  /// The first rate is `highest / startDivisor`; the last is that, divided by `endDivisor`.
  package var startDivisor: Float
  package var endDivisor: Float

  package init(highest: Float, steps: Int, rise: Float = 0.3, startDivisor: Float = 25, endDivisor: Float = 1e4) {
    self.highest = highest
    self.steps = steps
    self.rise = rise
    self.startDivisor = startDivisor
    self.endDivisor = endDivisor
  }

  /// The learning rate of step `step`, counted from 0.
  package func learningRate(at step: Int) -> Float {
    let first = Double(highest / startDivisor)
    let last = first / Double(endDivisor)
    let peak = Double(rise) * Double(steps) - 1
    let end = Double(steps) - 1
    let now = min(Double(max(step, 0)), end)
    if now <= peak { return Float(cosineWay(from: first, to: Double(highest), share: peak > 0 ? now / peak : 1)) }
    return Float(cosineWay(from: Double(highest), to: last, share: end > peak ? (now - peak) / (end - peak) : 1))
  }
}

/// The value at `share` (0 … 1) of half a cosine from one number to another.
private func cosineWay(from start: Double, to end: Double, share: Double) -> Double {
  end + (start - end) / 2 * (1 + Elementary.cosine(.pi * share))
}
