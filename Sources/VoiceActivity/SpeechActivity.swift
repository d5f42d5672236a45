/// Where somebody may be speaking: a stretch begins when sound rises over the background in part of the spectrum, and ends
/// when it has been down for a while.
///
/// The spectrum is looked at in a few parts, each against a noise floor of its own, so that a steady tone hides no more
/// than the part it lies in. Which sounds are words is not for this stage to say.
package struct SpeechActivity: Sendable {
  package enum Change: Sendable, Equatable {
    /// The stretch began this many frames before the one just taken in.
    case started(framesAgo: Int)
    /// The last sound ended this many frames before the one just taken in.
    case stopped(framesAgo: Int)
  }

  /// Parts of the spectrum.
  package static let parts = 8
  /// dB over its floor at which a part counts as sound, and at most how many dB more count.
  package static let margin: Float = 4
  private static let most: Float = 20
  /// Mean of the parts' excess in dB over which sound begins, and under which it is over.
  private static let onset: Float = 3
  private static let release: Float = 1.5
  /// dB under the loudest of late at which speech is low, and by how much that is forgotten in a second.
  private static let drop: Float = 20
  private static let peakDecay: Float = 20

  private let bandsPerPart: Int
  private let onsetFrames: Int
  private let hangFrames: Int
  private let shortQuiet: Int
  /// For how long it is quiet, or low, where a word has ended: a stop within one is shorter.
  private let wordQuiet: Int
  private let lowQuiet: Int
  private let peakDecayPerFrame: Float
  private var floors: [NoiseFloor]
  private var loud = 0
  private var quiet = 0
  /// The loudest of late in dB, and for how many frames the sound has been far under it.
  private var peak = VoiceFrame.silence
  private var low = 0
  /// How far the latest sound is under the loudest of late, in dB.
  package private(set) var fall: Float = 0
  package private(set) var isSpeech = false
  /// Whether the last 60 ms were no sound, or at most the beginning of one.
  package var isQuiet: Bool { isSpeech ? quiet >= shortQuiet : loud == 0 }

  /// Whether it is with the latest frame that speech has become quiet, against the background or against what was said
  /// just before: a word may have ended, or paused within.
  package var hasFallenQuiet: Bool {
    isSpeech && (quiet == wordQuiet || low == lowQuiet)
  }

  /// - Parameters:
  ///   - bands: of the spectra, a multiple of `parts`.
  ///   - frameMilliseconds: from one frame to the next.
  package init(bands: Int, frameMilliseconds: Int) {
    bandsPerPart = max(1, bands / Self.parts)
    onsetFrames = max(1, 24 / frameMilliseconds)
    hangFrames = max(1, 400 / frameMilliseconds)
    shortQuiet = max(1, 60 / frameMilliseconds)
    wordQuiet = max(1, 100 / frameMilliseconds)
    lowQuiet = max(1, 160 / frameMilliseconds)
    peakDecayPerFrame = Self.peakDecay * Float(frameMilliseconds) / 1000
    floors = (0..<Self.parts).map { _ in
      NoiseFloor(
        windowFrames: 3000 / frameMilliseconds, quantile: 0.12, assumed: -60, assumedFrames: 480 / frameMilliseconds)
    }
  }

  /// Takes in a frame's power by band, full scale being about 1.
  package mutating func process(_ power: UnsafePointer<Float>) -> Change? {
    var excess: Float = 0
    var total: Float = 0
    for part in 0..<Self.parts {
      var sum: Float = 0
      for band in part * bandsPerPart..<(part + 1) * bandsPerPart { sum += power[band] }
      total += sum
      let level = VoiceFrame.level(ofMeanSquare: sum)
      excess += min(max(0, level - floors[part].level - Self.margin), Self.most)
      floors[part].update(level: level)
    }
    excess /= Float(Self.parts)
    let level = VoiceFrame.level(ofMeanSquare: total)
    peak = max(level, peak - peakDecayPerFrame)
    fall = peak - level
    low = fall > Self.drop ? low + 1 : 0
    if isSpeech {
      quiet = excess < Self.release ? quiet + 1 : 0
      guard quiet >= hangFrames else { return nil }
      isSpeech = false
      loud = 0
      return .stopped(framesAgo: quiet)
    }
    loud = excess > Self.onset ? loud + 1 : max(0, loud - 1)
    guard loud >= onsetFrames else { return nil }
    isSpeech = true
    quiet = 0
    return .started(framesAgo: loud)
  }

  /// Somebody speaks, as another stage knows: begins a stretch that the levels did not.
  package mutating func begin() {
    isSpeech = true
    quiet = 0
  }

  /// The stream ends here, or a part of it is lost.
  package mutating func interrupt() -> Change? {
    defer { (isSpeech, loud, quiet) = (false, 0, 0) }
    return isSpeech ? .stopped(framesAgo: quiet) : nil
  }
}
