/// The power spectra of overlapping windows of a sound: |STFT|², Hann window, zero-padded FFT.
///
/// Frame `t` is centred on sample `t * hop`; samples outside the sound count as zero. It equals the square of
/// `librosa.stft(x, n_fft:512, win_length:256, hop_length:64, center:true, pad_mode:"constant")`, with which the tests
/// compare it.
package final class PowerSpectrogram {
  package let parameters: FeatureParameters
  private let fft: RealFFT
  private let window: [Float]

  package init?(_ parameters: FeatureParameters) {
    guard let fft = RealFFT(size: parameters.fftSize) else { return nil }
    self.parameters = parameters
    self.fft = fft
    // The periodic Hann window, 0.5 - 0.5 cos(2πn/N), as in scipy.signal.get_window("hann").
    window = (0..<parameters.window).map { n in
      0.5 - 0.5 * cosine(2 * Double.pi * Double(n) / Double(parameters.window))
    }
  }

  /// Writes `count` spectra of `bins` values each to `result`, one after another; frame `i` is centred on `first + i *
  /// step` of `samples`.
  package func compute(
    _ samples: UnsafeBufferPointer<Float>, first: Int, step: Int, count: Int, into result: UnsafeMutablePointer<Float>
  ) {
    let half = parameters.window / 2
    // librosa puts the window in the middle of the FFT's input. The position changes only phases, so the start serves
    // as well.
    for n in parameters.window..<parameters.fftSize { fft.input[n] = 0 }
    for i in 0..<count {
      let start = first + i * step - half
      let from = min(max(0, -start), parameters.window)
      let to = max(from, min(parameters.window, samples.count - start))
      let spectrum = result + i * parameters.bins
      guard from < to else {  // outside the sound: silence, which needs no transform
        spectrum.update(repeating: 0, count: parameters.bins)
        continue
      }
      for n in 0..<from { fft.input[n] = 0 }
      for n in from..<to { fft.input[n] = samples[start + n] * window[n] }
      for n in to..<parameters.window { fft.input[n] = 0 }
      fft.power(into: spectrum)
    }
  }
}
