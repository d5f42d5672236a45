import SpeechFeatures
import Testing

/// Against numbers made with librosa 0.11 and NumPy, the sound padded to 8192 samples with 2096 zeros on either side:
///
///     S = np.abs(librosa.stft(y, n_fft=512, win_length=256, hop_length=64, center=True, pad_mode='constant'))**2
///     M = librosa.filters.mel(sr=8000, n_fft=512, n_mels=128, fmin=50, fmax=4000, htk=False, norm=None)
///     pre = 1 + .97**2 - 2*.97*np.cos(2*np.pi*np.arange(257)/512)
///     m = M @ (S[:, :128] * pre[:, None])
///     v = (10*np.log10(np.maximum(m/m.max(), 1e-6))/60 + 1 - .3) / .25
@Suite struct GoldenValueTests {
  @Test func powerSpectraAreLibrosas() throws {
    let parameters = FeatureParameters.standard
    let stft = try #require(PowerSpectrogram(parameters))
    var spectra = [Float](repeating: .nan, count: 128 * parameters.bins)
    TestSound.chirp.withUnsafeBufferPointer { sound in
      spectra.withUnsafeMutableBufferPointer { spectra in
        guard let base = spectra.baseAddress else { return }
        stft.compute(sound, first: -2096, step: 64, count: 128, into: base)
      }
    }
    let golden: [(frame: Int, bin: Int, value: Float)] = [
      (33, 10, 120.282516), (40, 13, 60.915714), (64, 20, 2.160079), (64, 128, 0.6389315), (80, 30, 205.08653),
      (94, 250, 0.026678772),
    ]
    for (frame, bin, value) in golden {
      #expect(abs(spectra[frame * parameters.bins + bin] - value) < 1e-4 * value + 1e-5, "frame \(frame), bin \(bin)")
    }
  }

  @Test func filtersAreLibrosas() {
    var parameters = FeatureParameters.standard
    parameters.preEmphasis = 0
    let bank = MelFilterBank(parameters)
    let golden: [(band: Int, firstBin: Int, weights: [Float])] = [
      (0, 4, [0.702844, 0.418601]), (1, 5, [0.581399, 0.540046]), (50, 61, [0.780469, 0.340977]),
      (127, 247, [0.048274, 0.267189, 0.486104, 0.705020, 0.923935, 0.859746, 0.644810, 0.429873, 0.214937]),
    ]
    for (band, firstBin, weights) in golden {
      let row = bank.dense(band: band, bins: parameters.bins)
      #expect(row.firstIndex { $0 > 0 } == firstBin)
      #expect(row.count { $0 > 0 } == weights.count)
      for (offset, weight) in weights.enumerated() { #expect(abs(row[firstBin + offset] - weight) < 1e-5) }
    }
  }

  @Test func theWholeSpectrogramIsLibrosas() throws {
    let extractor = try FeatureExtractor()
    let image = extractor.spectrogram(of: TestSound.chirp)
    let golden: [(band: Int, frame: Int, value: Float)] = [
      (0, 64, -1.0065159), (10, 40, 2.3000084), (31, 64, 0.853605), (64, 64, 1.3464433), (100, 70, 1.6807728),
      (127, 90, 0.9690935), (5, 5, -1.2),
    ]
    for (band, frame, value) in golden {
      #expect(abs(image[band * 128 + frame] - value) < 2e-4, "band \(band), frame \(frame)")
    }
    let mean = image.reduce(0) { $0 + Double($1) } / Double(image.count)
    #expect(abs(mean - -0.187758) < 1e-4)
  }
}
