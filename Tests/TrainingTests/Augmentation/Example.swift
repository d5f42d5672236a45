import Training

/// What one call makes: a spectrogram and the answer to it.
struct Example: Equatable {
  static let pixels = 128 * 128

  /// NaN where `make` wrote nothing.
  var image = [Float](repeating: .nan, count: pixels)
  var target = [Float](repeating: .nan, count: Augmenter.classes)

  init(_ make: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) -> Void) {
    image.withUnsafeMutableBufferPointer { image in
      target.withUnsafeMutableBufferPointer { target in
        guard let image = image.baseAddress, let target = target.baseAddress else { return }
        make(image, target)
      }
    }
  }
}
