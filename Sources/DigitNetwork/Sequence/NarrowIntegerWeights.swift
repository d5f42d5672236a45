/// The weights of a convolution with one output a frame as integers of 12 bits, three words for four of them: each is used
/// once, and takes longer to fetch than to multiply with. See ckernels_vnni_convolve_column.
struct NarrowIntegerWeights {
  /// [panels, patch / 8, 3, 16] pairs.
  let values: AlignedBuffer<Int16>
  /// [panels, 16]: a weight is about its integer times this.
  let scales: AlignedFloats

  /// The integer for the input farthest from 0 in a frame: 32 products with any weights add up to what 32 bits hold.
  static let largestInput = 2047
  /// The integer for a filter's largest weight: none becomes too large by the bits of another in it.
  private static let largestWeight: Float = 32736

  /// Nil where the inputs of a row are no multiple of 32.
  ///
  /// - Parameter floats: [panels, patch, 16]
  init?(_ floats: AlignedFloats, panels: Int, patch: Int, run: Int) {
    guard run.isMultiple(of: 32) else { return nil }
    values = AlignedBuffer(count: panels * patch / 8 * 3 * panelWidth * 2)
    scales = AlignedFloats(count: panels * panelWidth)
    for filter in 0..<panels * panelWidth {
      let (panel, lane) = filter.quotientAndRemainder(dividingBy: panelWidth)
      func weight(_ k: Int) -> Float { floats.pointer[(panel * patch + k) * panelWidth + lane] }
      let largest = (0..<patch).reduce(Float(0)) { max($0, abs(weight($1))) }
      // So small that its inverse is too large: nothing.
      guard largest > 1e-30 else { continue }
      scales.pointer[filter] = largest / Self.largestWeight
      for k in stride(from: 0, to: patch, by: 8) {
        for half in 0..<2 {
          func steps(_ pair: Int) -> Float { weight(k + 2 * pair + half) / largest * Self.largestWeight }
          let fourth = Int((steps(3) / 16).rounded())
          for word in 0..<3 {
            let bits = fourth >> (4 * word) & 15
            let rest = Int(((steps(word) - Float(bits)) / 16).rounded())
            let place = (((panel * patch + k) / 8 * 3 + word) * panelWidth + lane) * 2 + half
            values.pointer[place] = Int16(rest * 16 + bits)
          }
        }
      }
    }
  }
}
