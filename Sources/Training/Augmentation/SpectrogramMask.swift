import SpeechFeatures

/// Leaves out some neighbouring bands and some neighbouring frames of spectrograms (D. Park et al., "SpecAugment", 2019).
package struct SpectrogramMask {
  private let bands: Int
  private let frames: Int
  /// The value of what is `dynamicRange` or more under the loudest.
  private let floor: Float

  package init(_ parameters: FeatureParameters = .standard) {
    bands = parameters.bands
    frames = parameters.frames
    floor = -Float(parameters.mean / parameters.deviation)
  }

  /// - Parameter image: bands × frames, `[band * frames + frame]`.
  package func apply(
    to image: UnsafeMutablePointer<Float>, _ settings: AugmentationSettings, _ random: inout SeededGenerator
  ) {
    let height = random.index(below: settings.maskBands + 1)
    let bottom = random.index(below: bands - height)
    for i in bottom * frames..<(bottom + height) * frames { image[i] = floor }
    let width = random.index(below: settings.maskFrames + 1)
    let left = random.index(below: frames - width)
    for band in 0..<bands {
      for frame in left..<left + width { image[band * frames + frame] = floor }
    }
  }
}
