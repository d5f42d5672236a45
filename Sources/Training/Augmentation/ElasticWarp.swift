/// Smooth random displacements of a spectrogram: in time, as nobody says a word twice at the same pace; of bands against
/// each other, as in another vocal tract; of all bands over the word, as in another accent's vowels.
///
/// After the elastic distortions of P. Simard, D. Steinkraus and J. Platt, "Best practices for convolutional neural
/// networks" (2003). Each displacement is a curve through random knots an equal way apart.
package struct ElasticWarp {
  /// Where each value comes from: value (b, t) from band `b + bands[b] + drift[t]`, frame `t + frames[t]`.
  private let bands: [Float]
  private let drift: [Float]
  private let frames: [Float]

  /// - Parameters:
  ///   - bandCount: rows of the spectrograms to warp.
  ///   - frameCount: columns.
  package init(
    bandCount: Int, frameCount: Int, _ settings: AugmentationSettings, _ random: inout SeededGenerator
  ) {
    frames = Self.curve(frameCount, knots: 6, highest: settings.elasticFrames, &random)
    bands = Self.curve(bandCount, knots: 5, highest: settings.elasticBands, &random)
    drift = Self.curve(frameCount, knots: 4, highest: settings.elasticDrift, &random)
  }

  /// Warps `image` into `warped`, between its values bilinearly; what would come from outside comes from the edge.
  ///
  /// - Parameters:
  ///   - image: bands × frames, `[band * frames + frame]`.
  ///   - warped: as large, and not the same memory.
  package func apply(to image: UnsafePointer<Float>, into warped: UnsafeMutablePointer<Float>) {
    let (height, width) = (bands.count, frames.count)
    for frame in 0..<width {
      let (left, toRight) = Self.split(Float(frame) + frames[frame], below: width)
      for band in 0..<height {
        let (low, toHigh) = Self.split(Float(band) + bands[band] + drift[frame], below: height)
        let corner = image + low * width + left
        let lower = corner[0] * (1 - toRight) + corner[1] * toRight
        let upper = corner[width] * (1 - toRight) + corner[width + 1] * toRight
        warped[band * width + frame] = lower * (1 - toHigh) + upper * toHigh
      }
    }
  }

  /// A place as the index before it and the share of the way to the next.
  private static func split(_ place: Float, below count: Int) -> (Int, Float) {
    let inside = max(0, min(Float(count - 1), place))
    let index = min(count - 2, Int(inside))
    return (index, inside - Float(index))
  }

  private static func curve(
    _ count: Int, knots: Int, highest: Float, _ random: inout SeededGenerator
  ) -> [Float] {
    let values = (0..<knots).map { _ in random.uniform(in: -1...1) * highest }
    return (0..<count).map { i in
      let (knot, share) = split(Float(i) / Float(count - 1) * Float(knots - 1), below: knots)
      let smooth = share * share * (3 - 2 * share)
      return values[knot] * (1 - smooth) + values[knot + 1] * smooth
    }
  }
}
