/// Turns sound into the two-channel mel spectrogram that the sequence network reads, frame by frame as the sound
/// arrives.
///
/// Channel 0 is the log power of each band relative to a running peak, which makes it independent of loudness. Channel
/// 1 is the per-band energy normalisation of Y. Wang and others ("Trainable frontend for robust and far-field keyword
/// spotting", 2017), with a logarithm instead of the root: each band relative to its own running mean, which removes
/// what is steady (noise, hum, the microphone's frequency response).
///
/// Frame `t` sees samples `hop · t ..< hop · t + window`. No frame depends on later ones, so a clip processed whole and
/// the same clip in pieces give the same bits. A call allocates nothing. Owned by one thread at a time.
package final class StreamingFeatures {
  package let parameters: StreamingFeatureParameters
  private let stft: PowerSpectrogram
  private let filters: MelFilterBank
  /// Power spectra of a block of frames: [frames][bins].
  private let spectra: UnsafeMutablePointer<Float>
  /// Mel bands of a block: [bands][frames].
  private let mel: UnsafeMutablePointer<Float>
  private let turned: UnsafeMutablePointer<MelFilterBank.Frames>
  /// The samples that the next frames still need.
  private let waiting: UnsafeMutablePointer<Float>
  private var waitingCount = 0
  /// Running mean of each band; undefined before the first frame.
  private let means: UnsafeMutablePointer<Float>
  private var peak: Float = 0
  /// The power of each band in the most recent frame.
  package let power: UnsafeMutablePointer<Float>
  private var hasBegun = false

  /// Frames computed per block.
  private static let block = 8

  package init(_ parameters: StreamingFeatureParameters = .standard) throws {
    let spectrum = parameters.spectrum
    guard let stft = PowerSpectrogram(spectrum) else {
      throw FeatureError(description: "FFTW could not plan a real transform of \(spectrum.fftSize) points")
    }
    self.parameters = parameters
    self.stft = stft
    filters = MelFilterBank(spectrum)
    let block = Self.block
    spectra = .allocate(capacity: block * spectrum.bins)
    spectra.initialize(repeating: 0, count: block * spectrum.bins)
    mel = .allocate(capacity: block * spectrum.bands)
    mel.initialize(repeating: 0, count: block * spectrum.bands)
    turned = .allocate(capacity: spectrum.bins)
    turned.initialize(repeating: .zero, count: spectrum.bins)
    waiting = .allocate(capacity: block * spectrum.hop + spectrum.window)
    waiting.initialize(repeating: 0, count: block * spectrum.hop + spectrum.window)
    means = .allocate(capacity: spectrum.bands)
    means.initialize(repeating: 0, count: spectrum.bands)
    power = .allocate(capacity: spectrum.bands)
    power.initialize(repeating: 0, count: spectrum.bands)
  }

  deinit {
    spectra.deallocate()
    mel.deallocate()
    turned.deallocate()
    waiting.deallocate()
    means.deallocate()
    power.deallocate()
  }

  /// Augmentations used in training only.
  package struct Variation {
    /// Replaces the filter bank, for example with a warped one.
    package var filters: MelFilterBank?
    /// Power response, by bin, of a simulated microphone and room.
    package var response: [Float]?

    package init(filters: MelFilterBank? = nil, response: [Float]? = nil) {
      self.filters = filters
      self.response = response
    }
  }

  /// Values in one frame.
  package var frameCount: Int { parameters.spectrum.bands * StreamingFeatureParameters.channels }

  /// Starts over, as after `init`.
  package func reset() {
    waitingCount = 0
    hasBegun = false
  }

  /// Takes 8 kHz samples and emits each frame that they complete: [bands][2], valid during the call.
  package func process(
    _ samples: UnsafeBufferPointer<Float>, variation: Variation = Variation(),
    frame: (UnsafePointer<Float>) -> Void
  ) {
    let spectrum = parameters.spectrum
    let room = Self.block * spectrum.hop + spectrum.window
    withUnsafeTemporaryAllocation(of: Float.self, capacity: frameCount) { result in
      guard let result = result.baseAddress, let source = samples.baseAddress else { return }
      var taken = 0
      while taken < samples.count {
        let count = min(room - waitingCount, samples.count - taken)
        (waiting + waitingCount).update(from: source + taken, count: count)
        waitingCount += count
        taken += count
        let frames = min(Self.block, (waitingCount - spectrum.window) / spectrum.hop + 1)
        guard waitingCount >= spectrum.window, frames > 0 else { continue }
        compute(frames, variation, into: result, frame)
        waitingCount -= frames * spectrum.hop
        waiting.update(from: waiting + frames * spectrum.hop, count: waitingCount)
      }
    }
  }

  private func compute(
    _ frames: Int, _ variation: Variation, into result: UnsafeMutablePointer<Float>,
    _ emit: (UnsafePointer<Float>) -> Void
  ) {
    let spectrum = parameters.spectrum
    let (bins, bands) = (spectrum.bins, spectrum.bands)
    stft.compute(
      UnsafeBufferPointer(start: waiting, count: waitingCount), first: spectrum.window / 2, step: spectrum.hop,
      count: frames, into: spectra)
    if let response = variation.response {
      for frame in 0..<frames {
        for bin in 0..<bins { spectra[frame * bins + bin] *= response[bin] }
      }
    }
    (variation.filters ?? filters).apply(spectra, count: frames, bins: bins, into: mel, scratch: turned)
    for frame in 0..<frames {
      for band in 0..<bands { power[band] = mel[band * frames + frame] }
      normalise(power, bands: bands, into: result)
      emit(result)
    }
  }

  private func normalise(_ power: UnsafePointer<Float>, bands: Int, into result: UnsafeMutablePointer<Float>) {
    let floor = parameters.floor
    var loudest = 100 * floor
    for band in 0..<bands { loudest = max(loudest, power[band]) }
    if hasBegun {
      peak = max(loudest, peak * parameters.peakDecay)
    } else {
      peak = loudest
      for band in 0..<bands { means[band] = power[band] }
      hasBegun = true
    }
    let (keep, take) = (1 - parameters.smoothing, parameters.smoothing)
    let inversePeak = 1 / peak
    let range = parameters.range
    for band in 0..<bands {
      let value = power[band] + floor
      let mean = keep * means[band] + take * power[band]
      means[band] = mean
      let level = max(decibels(value * inversePeak), -range) / range
      let over = min(decibels(1 + value / (mean + floor)), parameters.highestRatio)
      result[2 * band] = 4 * level + 2
      result[2 * band + 1] = 0.15 * over
    }
  }
}
