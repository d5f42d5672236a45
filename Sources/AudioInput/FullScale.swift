/// What number is full scale in a file of floats. It should be 1; recorders go beyond it, and some programs write the values
/// of 16-bit samples as they are.
struct FullScale: Equatable {
  /// What samples are divided by.
  private(set) var divisor: Float = 1
  /// Whether the samples come of a lossy codec: it overshoots, but nobody gives it integers, and a damaged frame may be as
  /// loud as it likes.
  private let isLossy: Bool

  init(isLossy: Bool = false) { self.isLossy = isLossy }

  /// A lossy codec's overshoot is hardly more: +12 dB.
  private static let overshoot: Float = 4

  /// Beyond this a number is damage, not sound: no sample has more than 32 bits.
  private static let largest: Float = 0x1p33
  /// The louder recordings of a recorder of floats end here, at +30 dB; what is beyond has another full scale.
  private static let loudest: Float = 32
  private static let integerScales: [Float] = [0x1p15, 0x1p23, 0x1p31]

  /// Takes note of samples.
  mutating func extend(by samples: UnsafeBufferPointer<Float>) {
    var peak: Float = 1
    for sample in samples where sample.magnitude > peak && sample.magnitude < Self.largest { peak = sample.magnitude }
    if peak > divisor { divisor = max(divisor, isLossy ? min(peak, Self.overshoot) : Self.divisor(peak: peak)) }
  }

  /// Full scale of sound with this peak: the peak itself, or that of the integers that it fits. One a little over the largest
  /// of these (a resampler's overshoot) is still of them.
  private static func divisor(peak: Float) -> Float {
    guard peak > loudest else { return max(1, peak) }
    return max(peak, integerScales.first { peak <= 1.5 * $0 } ?? peak)
  }

  /// Whether what was written is no recording of floats but integers, which is worth a word.
  var isOfIntegers: Bool { divisor > Self.loudest }

  /// The sample from −1 to 1; what is no number, or none of sound, becomes 0.
  func apply(_ sample: Float) -> Float {
    guard sample.magnitude < Self.largest else { return 0 }
    return min(1, max(-1, sample / divisor))
  }
}
