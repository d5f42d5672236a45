import CSndFile

/// The full scale of a file of floats. It should be 1; recorders exceed it, and some programs write 16-bit values
/// unscaled.
struct FullScale: Equatable {
  /// The divisor of the samples.
  private(set) var divisor: Float = 1
  /// Whether the samples come from a lossy codec: it overshoots, but its samples are never integers, and a damaged
  /// frame may have any level.
  private let isLossy: Bool

  init(isLossy: Bool = false) { self.isLossy = isLossy }

  /// A lossy codec rarely overshoots by more: +12 dB.
  private static let overshoot: Float = 4

  /// A larger number is damage, not sound: no sample has more than 32 bits.
  private static let largest: Float = 0x1p33
  /// The loudest recordings of float recorders end here, at +30 dB; larger values have another full scale.
  private static let loudest: Float = 32
  private static let integerScales: [Float] = [0x1p15, 0x1p23, 0x1p31]

  /// Takes samples into account.
  mutating func extend(by samples: UnsafeBufferPointer<Float>) {
    var peak: Float = 1
    for sample in samples where sample.magnitude > peak && sample.magnitude < Self.largest { peak = sample.magnitude }
    if peak > divisor { divisor = max(divisor, isLossy ? min(peak, Self.overshoot) : Self.divisor(peak: peak)) }
  }

  /// The full scale of sound with this peak: the peak itself, or that of the integers that it fits. A peak slightly
  /// above the largest of these (a resampler's overshoot) still belongs to them.
  private static func divisor(peak: Float) -> Float {
    guard peak > loudest else { return max(1, peak) }
    return max(peak, integerScales.first { peak <= 1.5 * $0 } ?? peak)
  }

  /// Whether the values are integers rather than a recording of floats, which is worth a warning.
  var isOfIntegers: Bool { divisor > Self.loudest }

  /// The sample scaled to −1…1; NaN and damaged values become 0.
  func apply(_ sample: Float) -> Float {
    guard sample.magnitude < Self.largest else { return 0 }
    return min(1, max(-1, sample / divisor))
  }
}

// MARK: Of a file

extension FullScale {
  /// How much of a file of floats is searched for its full scale before it is read.
  private static let scannedSeconds = 600

  /// The initial full scale where the library's samples may exceed 1; nil where they cannot.
  private init?(_ info: SF_INFO) {
    switch Int(info.format) & Int(SF_FORMAT_SUBMASK) {
    case Int(SF_FORMAT_FLOAT), Int(SF_FORMAT_DOUBLE): self.init()
    case Int(SF_FORMAT_VORBIS), Int(SF_FORMAT_OPUS), Int(SF_FORMAT_MPEG_LAYER_I), Int(SF_FORMAT_MPEG_LAYER_II),
      Int(SF_FORMAT_MPEG_LAYER_III):
      self.init(isLossy: true)
    default: return nil
    }
  }

  /// Searches a second handle of the file: not every format returns to its beginning unchanged.
  /// - Parameter block: room for the samples.
  init(of source: ByteSource, _ info: SF_INFO, _ layout: SoundLayout, _ block: UnsafeMutableBufferPointer<Float>) {
    guard let initial = FullScale(info) else {
      self.init()
      return
    }
    self = initial
    var info = SF_INFO()
    let file = VirtualFile(source, layout.pieces)
    guard let handle = file.open(&info), info.channels > 0 else { return }
    defer { sf_close(handle) }
    let frames = block.count / Int(info.channels)
    var left = Self.scannedSeconds * Int(info.samplerate)
    while left > 0 {
      let got = Int(sf_readf_float(handle, block.baseAddress, sf_count_t(frames)))
      guard got > 0 else { break }
      extend(by: UnsafeBufferPointer(rebasing: block[..<(got * Int(info.channels))]))
      left -= got
    }
  }
}
