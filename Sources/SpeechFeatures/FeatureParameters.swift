/// How sound becomes a mel spectrogram. A model can only read features made with the parameters it was trained with.
package struct FeatureParameters: Sendable, Equatable {
  /// Samples per second; everything after the resampler runs at this rate.
  package var sampleRate = 8000
  /// Length of the Hann window in samples: 32 ms. A digit may last 150 ms, and a longer window would smear it.
  package var window = 256
  /// Samples from one frame to the next (8 ms).
  package var hop = 64
  /// Points of the FFT. The window is padded with zeros so that every low mel filter has a bin of its own.
  package var fftSize = 512
  package var bands = 64
  /// Edges of the filter bank in Hz.
  package var lowestFrequency = 50.0
  package var highestFrequency = 4000.0
  /// Coefficient of the first-order pre-emphasis whose power response weights the bins; 0 for none.
  package var preEmphasis = 0.97

  package init() {}

  package static let standard = FeatureParameters()

  /// Bins of the half spectrum, DC and Nyquist included.
  package var bins: Int { fftSize / 2 + 1 }
}
