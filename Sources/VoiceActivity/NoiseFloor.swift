/// The level of the background: a low quantile of the frame levels of the last few seconds.
///
/// A quantile of a sliding window, as in quantile-based noise estimation (Stahl, Fischer and Bippus, 2000), needs no
/// judgement on what is speech. Speech has gaps, so it leaves the low quantile near the background, while a fan that
/// starts has become the quantile when it fills the window; and since the window forgets, the floor can stick nowhere.
///
/// In the first moments there is nothing to go by, and a recording may well begin in the middle of a word: the window
/// starts full of an assumed quiet background that real frames push out one by one.
package struct NoiseFloor: Sendable {
  /// Levels are counted in bins of this many dB.
  private static let binsPerDecibel: Float = 2
  private static let binCount = Int(-VoiceFrame.silence * binsPerDecibel) + 1

  private let quantile: Float
  private var bins = [UInt16](repeating: 0, count: Self.binCount)
  private var window: [UInt8]
  private var next = 0
  private var filled: Int
  /// The quantile's bin, and how many frames lie in the bins under it.
  private var quantileBin = 0
  private var under = 0

  /// The floor in dBFS.
  package private(set) var level: Float

  /// - Parameters:
  ///   - windowFrames: how far back the floor looks.
  ///   - quantile: the share of frames in the window that lie under the floor, 0…1.
  ///   - assumed: the level taken for the background before anything was heard, in dBFS.
  ///   - assumedFrames: how many frames it takes to push that assumption out.
  package init(windowFrames: Int = 300, quantile: Float = 0.1, assumed: Float = -65, assumedFrames: Int = 60) {
    self.quantile = quantile
    window = [UInt8](repeating: 0, count: max(1, windowFrames))
    filled = min(max(0, assumedFrames), window.count)
    level = assumed
    let bin = Self.bin(of: assumed)
    for index in 0..<filled { window[index] = UInt8(bin) }
    bins[bin] = UInt16(filled)
    assumedLeft = filled
  }

  private var assumedLeft: Int

  /// Takes in the next frame's level in dBFS.
  package mutating func update(level frameLevel: Float) {
    let bin = Self.bin(of: frameLevel)
    if assumedLeft > 0 {
      assumedLeft -= 1
      forget(Int(window[next]))
    } else if filled < window.count {
      filled += 1
    } else {
      forget(Int(window[next]))
    }
    window[next] = UInt8(bin)
    bins[bin] += 1
    if bin < quantileBin { under += 1 }
    next = (next + 1) % window.count
    moveToQuantile()
    level = VoiceFrame.silence + Float(quantileBin) / Self.binsPerDecibel
  }

  private mutating func forget(_ bin: Int) {
    bins[bin] -= 1
    if bin < quantileBin { under -= 1 }
  }

  /// From where it was, which is never far.
  private mutating func moveToQuantile() {
    let rank = Int(quantile * Float(filled))
    while under > rank {
      quantileBin -= 1
      under -= Int(bins[quantileBin])
    }
    while quantileBin < Self.binCount - 1, under + Int(bins[quantileBin]) <= rank {
      under += Int(bins[quantileBin])
      quantileBin += 1
    }
  }

  private static func bin(of level: Float) -> Int {
    guard level > VoiceFrame.silence else { return 0 }  // not a number, too
    return Int(((min(level, 0) - VoiceFrame.silence) * binsPerDecibel).rounded())
  }
}
