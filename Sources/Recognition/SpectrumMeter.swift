import Events
import SpeechFeatures
import VoiceActivity

/// The spectrum of the last 100 ms for display, in 32 bands equally spaced on Slaney's mel scale from 50 to 4000 Hz. It
/// is coarse on purpose: ten times a second it shows where there was sound, but speech cannot be reconstructed from it.
///
/// Plan and buffers are made once; a reading allocates nothing. Owned by one thread at a time.
final class SpectrumMeter {
  /// Windows per reading, and samples from one to the next: 100 ms, without a gap between readings.
  private static let (windows, step) = (8, 100)
  /// The number of 10 ms frames that the windows of a reading cover.
  static let frames =
    (windows * step + FeatureParameters.standard.window - step + VoiceFrame.length - 1) / VoiceFrame.length

  private let parameters: FeatureParameters
  private let stft: PowerSpectrogram
  private let filters: MelFilterBank
  /// Factor from the sum of a band's bins over all windows to the mean square of the sound in that band.
  private let scale: Float
  private let spectra: UnsafeMutablePointer<Float>
  private let turned: UnsafeMutablePointer<MelFilterBank.Frames>
  private let bands: UnsafeMutablePointer<Float>

  /// `nil` only if FFTW cannot plan the transform or memory is exhausted.
  init?() {
    var parameters = FeatureParameters.standard
    parameters.bands = Event.Spectrum.bandCount
    // No pre-emphasis: the display shows the actual spectrum.
    parameters.preEmphasis = 0
    guard let stft = PowerSpectrogram(parameters) else { return nil }
    self.parameters = parameters
    self.stft = stft
    filters = MelFilterBank(parameters)
    // Parseval: the bins of both halves of the spectrum hold fftSize Σ(w x)², and the mean square of a Hann window is
    // 3/8.
    scale = 2 / Float(parameters.fftSize) / (0.375 * Float(parameters.window)) / Float(Self.windows)
    spectra = .allocate(capacity: Self.windows * parameters.bins)
    spectra.initialize(repeating: 0, count: Self.windows * parameters.bins)
    turned = .allocate(capacity: parameters.bins)
    turned.initialize(repeating: .zero, count: parameters.bins)
    bands = .allocate(capacity: parameters.bands * Self.windows)
    bands.initialize(repeating: 0, count: parameters.bands * Self.windows)
  }

  deinit {
    spectra.deallocate()
    turned.deallocate()
    bands.deallocate()
  }

  /// - Parameter samples: the latest `frames` frames, conditioned, or as many as there are.
  /// - Returns: the level in each band in dBFS, lowest first.
  func read(_ samples: UnsafeBufferPointer<Float>) -> SIMD32<Int8> {
    let last = samples.count - parameters.window / 2
    stft.compute(
      samples, first: last - (Self.windows - 1) * Self.step, step: Self.step, count: Self.windows, into: spectra)
    filters.apply(spectra, count: Self.windows, bins: parameters.bins, into: bands, scratch: turned)
    var levels = SIMD32<Int8>()
    for band in 0..<parameters.bands {
      var sum: Float = 0
      for window in 0..<Self.windows { sum += bands[band * Self.windows + window] }
      levels[band] = Int8(min(VoiceFrame.level(ofMeanSquare: sum * scale), 100).rounded())
    }
    return levels
  }
}
