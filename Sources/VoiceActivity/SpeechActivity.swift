/// Finds stretches of possible speech: a stretch begins when the sound in some part of the spectrum rises above the
/// background, and ends after a time without sound.
///
/// The spectrum is divided into a few parts, each with a noise floor of its own, so that a steady tone masks only its
/// own part. This stage does not distinguish speech from other sounds.
package struct SpeechActivity: Sendable {
  package enum Change: Sendable, Equatable {
    /// The stretch began this many frames before the latest one.
    case started(framesAgo: Int)
    /// The last sound ended this many frames before the latest one.
    case stopped(framesAgo: Int)
  }

  /// The number of parts of the spectrum.
  package static let parts = 8
  /// A part counts as sound from this many dB above its floor. `most` limits how many dB beyond that count.
  package static let margin: Float = 4
  private static let most: Float = 20
  /// The mean excess of the parts, in dB, above which sound begins, and below which it ends.
  private static let onset: Float = 3
  private static let release: Float = 1.5
  /// Speech is low at this many dB below the recent peak. The peak decays by `peakDecay` dB per second.
  private static let drop: Float = 20
  private static let peakDecay: Float = 20

  private let bandsPerPart: Int
  private let onsetFrames: Int
  private let hangFrames: Int
  private let shortQuiet: Int
  /// After this many quiet or low frames a word may have ended; a stop consonant is shorter.
  private let wordQuiet: Int
  private let lowQuiet: Int
  private let peakDecayPerFrame: Float
  private var floors: [NoiseFloor]
  private var loud = 0
  private var quiet = 0
  /// The recent peak level in dB, and for how many frames the sound has been low.
  private var peak = VoiceFrame.silence
  private var low = 0
  /// How far the latest frame is below the recent peak, in dB.
  package private(set) var fall: Float = 0
  package private(set) var isSpeech = false
  /// During speech, whether the last 60 ms were quiet; otherwise, whether no sound is beginning.
  package var isQuiet: Bool { isSpeech ? quiet >= shortQuiet : loud == 0 }

  /// Whether speech became quiet with the latest frame, relative to the background or to the recent peak: a word may
  /// have ended, or contain a pause.
  package var hasFallenQuiet: Bool {
    isSpeech && (quiet == wordQuiet || low == lowQuiet)
  }

  /// - Parameters:
  ///   - bands: the number of bands of the spectra, a multiple of `parts`.
  ///   - frameMilliseconds: the time from one frame to the next.
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

  /// Takes the next frame's power by band; full scale is about 1.
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

  /// Begins a stretch because another stage has detected speech.
  package mutating func begin() {
    isSpeech = true
    quiet = 0
  }

  /// The stream ends here, or a part of it was lost.
  package mutating func interrupt() -> Change? {
    defer { (isSpeech, loud, quiet) = (false, 0, 0) }
    return isSpeech ? .stopped(framesAgo: quiet) : nil
  }
}
