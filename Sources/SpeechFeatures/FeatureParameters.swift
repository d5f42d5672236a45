/// Everything that decides how sound becomes a spectrogram. A model was trained with one set of these and says so in its
/// metadata; using it with another would lose accuracy without a word, so a mismatch is refused.
public struct FeatureParameters: Sendable, Equatable {
  /// Samples a second; everything after the resampler runs at this rate.
  public var sampleRate = 8000
  /// Length of the Hann window in samples (32 ms: a digit may last 150 ms, and a longer window smears it).
  public var window = 256
  /// Samples from one frame to the next (8 ms).
  public var hop = 64
  /// Points of the FFT; the window is padded with zeros so that every low mel filter has a bin of its own.
  public var fftSize = 512
  public var bands = 128
  public var frames = 128
  /// Edges of the filter bank in Hz.
  public var lowestFrequency = 50.0
  public var highestFrequency = 4000.0
  /// Coefficient of the first-order pre-emphasis whose power response weights the bins; 0 for none.
  public var preEmphasis = 0.97
  /// dB under the loudest point of the spectrogram at which it is floored.
  public var dynamicRange = 60.0
  /// The floored level, scaled to 0…1, is shifted by `mean` and divided by `deviation`.
  public var mean = 0.3
  public var deviation = 0.25
  /// The most that noise reduction takes away from any bin, in dB; 0 switches it off.
  public var noiseReductionDepth = 10.0
  /// dB by which the loudest frame of an utterance must stand above the noise for noise reduction to take anything away,
  /// and at which it may take away all of its depth.
  public var noiseReductionStart = 10.0
  public var noiseReductionFull = 25.0

  public init() {}

  public static let standard = FeatureParameters()

  /// The standard ones with what a model may choose for itself: how deep noise reduction goes, 0…40 dB. Whatever else
  /// `metadata` says is left to `mismatch(with:)`.
  public init(metadata: [String: Double]) {
    if let depth = metadata["noise_reduction_depth"], (0...40).contains(depth) { noiseReductionDepth = depth }
  }

  /// Samples in one spectrogram: `frames * hop`, 1.024 s.
  public var length: Int { frames * hop }
  /// Bins of the half spectrum, DC and Nyquist included.
  public var bins: Int { fftSize / 2 + 1 }
  /// Values in one spectrogram.
  public var spectrogramCount: Int { bands * frames }

  /// The parameters by name, as a model's metadata keeps them.
  public var dictionary: [String: Double] {
    [
      "sample_rate": Double(sampleRate), "window": Double(window), "hop": Double(hop), "fft_size": Double(fftSize),
      "bands": Double(bands), "frames": Double(frames), "lowest_frequency": lowestFrequency,
      "highest_frequency": highestFrequency, "pre_emphasis": preEmphasis, "dynamic_range": dynamicRange, "mean": mean,
      "deviation": deviation, "noise_reduction_depth": noiseReductionDepth,
      "noise_reduction_start": noiseReductionStart, "noise_reduction_full": noiseReductionFull,
    ]
  }

  /// The first parameter, by name, in which `other` differs from these; `nil` when they are the same.
  public func mismatch(with other: [String: Double]) -> String? {
    let mine = dictionary
    return Set(mine.keys).union(other.keys).sorted().first { mine[$0] != other[$0] }
  }
}
