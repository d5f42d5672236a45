/// The level of the background: a low quantile of the frame levels of the last few seconds.
///
/// A quantile over a sliding window, as in quantile-based noise estimation (Stahl, Fischer and Bippus, 2000), needs no
/// decision about what is speech. Speech has gaps, so the low quantile stays near the background. A fan that starts has
/// become the quantile once it fills the window. Because the window forgets, the floor cannot get stuck.
///
/// At the start there is nothing to measure, and a recording may begin in the middle of a word. So the window starts
/// filled with an assumed quiet background, which real frames replace one by one.
package struct NoiseFloor: Sendable {
  /// Levels are counted in bins of this many dB.
  private static let binsPerDecibel: Float = 2
  private static let binCount = Int(-VoiceFrame.silence * binsPerDecibel) + 1

  private let quantile: Float
  private var bins = [UInt16](repeating: 0, count: Self.binCount)
  private var window: [UInt8]
  private var next = 0
  private var filled: Int
  /// The bin that holds the quantile, and the number of frames in the bins below it.
  private var quantileBin = 0
  private var under = 0

  /// The floor in dBFS.
  package private(set) var level: Float

  /// - Parameters:
  ///   - windowFrames: length of the window.
  ///   - quantile: the share of frames in the window that lie below the floor, 0…1.
  ///   - assumed: the background level assumed at the start, in dBFS.
  ///   - assumedFrames: how many frames replace that assumption completely.
  package init(windowFrames: Int, quantile: Float, assumed: Float, assumedFrames: Int) {
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

  /// Moves on from the previous bin, which is never far away.
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
    guard level > VoiceFrame.silence else { return 0 }  // also when it is not a number
    return Int(((min(level, 0) - VoiceFrame.silence) * binsPerDecibel).rounded())
  }
}
