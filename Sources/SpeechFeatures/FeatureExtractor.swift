/// Thrown when FFTW or memory fails at start.
public struct FeatureError: Error, CustomStringConvertible, Sendable {
  public let description: String
}

/// Utterance → noise reduction → log-mel spectrogram, the way the network sees sound. Live, in files and in training it
/// is this very code that runs.
///
/// Plans and scratch are made once; a call allocates nothing. Owned by one thread at a time.
public final class FeatureExtractor {
  public let parameters: FeatureParameters
  private let stft: PowerSpectrogram
  private let filters: MelFilterBank
  private let profile: NoiseProfile
  private var reduction: NoiseReduction
  private let spectra: UnsafeMutablePointer<Float>
  /// Room for the filter bank.
  private let turned: UnsafeMutablePointer<MelFilterBank.Frames>

  /// What training changes on the way, and use never does.
  public struct Variation: Sendable {
    /// Another filter bank in place of the extractor's own (a warped one).
    public var filters: MelFilterBank?
    /// Power response by bin of the microphone and room that are played at, or nil.
    public var response: [Float]?
    /// Whether noise reduction takes place.
    public var reducesNoise: Bool

    public init(filters: MelFilterBank? = nil, response: [Float]? = nil, reducesNoise: Bool = true) {
      self.filters = filters
      self.response = response
      self.reducesNoise = reducesNoise
    }

    /// As in use.
    public static let none = Variation()
  }

  public init(_ parameters: FeatureParameters = .standard) throws {
    guard let stft = PowerSpectrogram(parameters) else {
      throw FeatureError(description: "FFTW could not plan a real transform of \(parameters.fftSize) points")
    }
    self.parameters = parameters
    self.stft = stft
    filters = MelFilterBank(parameters)
    profile = NoiseProfile(parameters)
    reduction = NoiseReduction(parameters)
    spectra = .allocate(capacity: parameters.frames * parameters.bins)
    spectra.initialize(repeating: 0, count: parameters.frames * parameters.bins)
    turned = .allocate(capacity: parameters.bins)
    turned.initialize(repeating: .zero, count: parameters.bins)
  }

  deinit {
    spectra.deallocate()
    turned.deallocate()
  }

  /// Computes one normalised spectrogram.
  ///
  /// A short utterance stands in the middle of the spectrogram with silence around it; of one longer than 1.024 s the
  /// loudest 1.024 s are taken.
  ///
  /// - Parameters:
  ///   - utterance: 8 kHz mono, any length.
  ///   - background: what was heard before it, 8 kHz mono; under 96 ms there is no noise profile, and noise reduction
  ///     leaves the utterance alone.
  ///   - result: `bands * frames` values, `[band * frames + frame]`, the lowest band first.
  public func spectrogram(
    of utterance: UnsafeBufferPointer<Float>, background: UnsafeBufferPointer<Float>,
    variation: Variation = .none, into result: UnsafeMutablePointer<Float>
  ) {
    let parameters = parameters
    let bins = parameters.bins
    let part = UnsafeBufferPointer(
      rebasing: utterance[Self.loudest(parameters.length, of: utterance, by: parameters.hop)])
    let offset = (parameters.length - part.count) / 2
    stft.compute(part, first: -offset, step: parameters.hop, count: parameters.frames, into: spectra)
    if variation.reducesNoise, profile.learn(background, with: stft) {
      profile.power.withUnsafeBufferPointer { noise in
        guard let noise = noise.baseAddress else { return }
        reduction.apply(spectra, count: parameters.frames, noise: noise)
      }
    }
    if let response = variation.response {
      for frame in 0..<parameters.frames {
        for bin in 0..<bins { spectra[frame * bins + bin] *= response[bin] }
      }
    }
    let filters = variation.filters ?? filters
    filters.apply(spectra, count: parameters.frames, bins: bins, into: result, scratch: turned)
    normalise(result)
  }

  /// The same for arrays.
  public func spectrogram(of utterance: [Float], background: [Float] = []) -> [Float] {
    [Float](unsafeUninitializedCapacity: parameters.spectrogramCount) { buffer, count in
      count = parameters.spectrogramCount
      guard let result = buffer.baseAddress else { return }
      utterance.withUnsafeBufferPointer { utterance in
        background.withUnsafeBufferPointer { background in
          spectrogram(of: utterance, background: background, into: result)
        }
      }
    }
  }

  /// Power → dB under the loudest point, floored at the dynamic range → 0…1 → shifted and scaled.
  ///
  /// Relative to the loudest point, so that neither the microphone's gain nor the distance matters.
  private func normalise(_ values: UnsafeMutablePointer<Float>) {
    let count = parameters.spectrogramCount
    let loudest = Self.largest(values, count)
    let range = Float(parameters.dynamicRange)
    let scale = 1 / Float(parameters.deviation)
    let shift = Float(parameters.mean) * scale
    guard loudest > 1e-20 else {
      for i in 0..<count { values[i] = -shift }
      return
    }
    let inverse = 1 / loudest
    let smallest = Float.leastNormalMagnitude
    for i in 0..<count {
      let level = max(decibels(max(values[i] * inverse, smallest)), -range)
      values[i] = (level / range + 1) * scale - shift
    }
  }

  /// The largest of `count` values that are not negative: eight at a time, which the order of floating-point operations
  /// keeps a plain loop from becoming.
  private static func largest(_ values: UnsafePointer<Float>, _ count: Int) -> Float {
    var lanes = SIMD8<Float>()
    let whole = count & ~7
    for i in stride(from: 0, to: whole, by: 8) {
      let next = UnsafeRawPointer(values + i).loadUnaligned(as: SIMD8<Float>.self)
      lanes.replace(with: next, where: next .> lanes)
    }
    return (whole..<count).reduce(lanes.max()) { max($0, values[$1]) }
  }

  /// The whole range when it is no longer than `length`, else the `length` samples with the most energy, starting at a
  /// multiple of `step`.
  package static func loudest(_ length: Int, of samples: UnsafeBufferPointer<Float>, by step: Int) -> Range<Int> {
    guard samples.count > length else { return 0..<samples.count }
    func energy(_ range: Range<Int>) -> Double {
      var sum = 0.0
      for i in range { sum += Double(samples[i] * samples[i]) }
      return sum
    }
    var sum = energy(0..<length)
    var best = (start: 0, energy: sum)
    var start = 0
    while start + step + length <= samples.count {
      sum += energy(start + length..<start + length + step) - energy(start..<start + step)
      start += step
      if sum > best.energy { best = (start, sum) }
    }
    return best.start..<best.start + length
  }
}
