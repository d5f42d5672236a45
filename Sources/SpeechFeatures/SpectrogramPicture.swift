/// A mel spectrogram for display: the maximum level of each band in each column.
package struct SpectrogramPicture: Sendable {
  package let bands: Int
  package let columns: Int
  /// In dB, full scale being about 0: `[band * columns + column]`, lowest band first.
  package let levels: [Float]

  /// The level of silence.
  private static let silence: Float = -100

  /// - Parameters:
  ///   - samples: 8 kHz mono.
  ///   - most: the maximum number of columns; there are fewer if there are fewer frames.
  /// - Throws: if the transform cannot be planned.
  package init(_ samples: [Float], columns most: Int) throws {
    let features = try StreamingFeatures()
    let spectrum = features.parameters.spectrum
    let frames = max(1, samples.count / spectrum.hop)
    let (bands, columns) = (spectrum.bands, max(1, min(frames, most)))
    var levels = [Float](repeating: Self.silence, count: bands * columns)
    var frame = 0
    samples.withUnsafeBufferPointer { samples in
      features.process(samples) { _ in
        // A frame belongs where the middle of its window lies.
        let column = min(columns - 1, (frame + spectrum.window / spectrum.hop / 2) * columns / frames)
        for band in 0..<bands {
          let place = band * columns + column
          levels[place] = max(levels[place], decibels(max(features.power[band], 1e-10)))
        }
        frame += 1
      }
    }
    (self.bands, self.columns, self.levels) = (bands, columns, levels)
  }

  /// The loudest 60 dB, the range worth showing.
  package var range: ClosedRange<Float> {
    let loudest = max(-60, levels.max() ?? 0)
    return loudest - 60...loudest
  }
}
