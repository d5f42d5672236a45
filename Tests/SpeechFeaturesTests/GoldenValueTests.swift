import SpeechFeatures
import Testing

/// Against numbers made with librosa 0.11 and NumPy, the sound padded to 8192 samples with 2096 zeros on either side:
///
///     S = np.abs(librosa.stft(y, n_fft=512, win_length=256, hop_length=64, center=True, pad_mode='constant'))**2
///     M = librosa.filters.mel(sr=8000, n_fft=512, n_mels=128, fmin=50, fmax=4000, htk=False, norm=None)
///     pre = 1 + .97**2 - 2*.97*np.cos(2*np.pi*np.arange(257)/512)
@Suite struct GoldenValueTests {
  @Test func `power spectra are librosa's`() throws {
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

  @Test func `the filters are librosa's`() {
    var parameters = FeatureParameters.standard
    parameters.bands = 128
    parameters.preEmphasis = 0
    let golden: [(band: Int, firstBin: Int, weights: [Float])] = [
      (0, 4, [0.702844, 0.418601]), (1, 5, [0.581399, 0.540046]), (50, 61, [0.780469, 0.340977]),
      (127, 247, [0.048274, 0.267189, 0.486104, 0.705020, 0.923935, 0.859746, 0.644810, 0.429873, 0.214937]),
    ]
    let rows = MelFilterBank(parameters).rows(parameters)
    for (band, firstBin, weights) in golden {
      let row = rows[band]
      #expect(row.firstIndex { $0 > 0 } == firstBin)
      #expect(row.count { $0 > 0 } == weights.count)
      for (offset, weight) in weights.enumerated() { #expect(abs(row[firstBin + offset] - weight) < 1e-5) }
    }
  }

  /// The two channels by their definition, in NumPy, from power spectra `S` and filters `M` as above for 64 bands, frame
  /// `i` beginning at sample 64 i, and `p = (M * pre) @ S[:, i]`:
  ///
  ///     peak = max(1e-4, p.max()) if i == 0 else max(1e-4, p.max(), .98175 * peak)
  ///     mean = .98 * (p if i == 0 else mean) + .02 * p
  ///     a = 4 * np.maximum(10*np.log10((p + 1e-6) / peak), -60) / 60 + 2
  ///     b = .15 * np.minimum(10*np.log10(1 + (p + 1e-6) / (mean + 1e-6)), 30)
  @Test func `the two channels are as defined`() throws {
    let features = try StreamingFeatures()
    var frames: [[Float]] = []
    TestSound.chirp.withUnsafeBufferPointer { sound in
      features.process(sound) { frames.append(Array(UnsafeBufferPointer(start: $0, count: features.frameCount))) }
    }
    #expect(frames.count == 59)
    let golden: [(frame: Int, band: Int, level: Float, over: Float)] = [
      (0, 0, -0.492317, 0.451545), (0, 20, 0.825307, 0.451545), (10, 5, 1.947395, 1.03873),
      (10, 63, 1.517861, 0.379591), (30, 20, 0.137392, 0.250489), (30, 40, 1.164413, 1.041134),
      (40, 31, -0.502634, 0.025444), (58, 12, 0.232782, 0.013224), (58, 63, 1.065758, 0.406726),
    ]
    for (frame, band, level, over) in golden {
      #expect(abs(frames[frame][2 * band] - level) < 2e-4, "frame \(frame), band \(band)")
      #expect(abs(frames[frame][2 * band + 1] - over) < 2e-4, "frame \(frame), band \(band)")
    }
  }
}
