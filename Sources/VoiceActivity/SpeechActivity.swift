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

  /// Levels are in dB, times in ms.
  package struct Settings: Sendable, Equatable {
    /// A part counts as sound from this much above its floor. `most` limits how much beyond that counts, so that one
    /// loud part alone does not decide.
    package var margin: Float = 4
    package var most: Float = 20
    /// The mean excess of the parts above which sound begins, and below which it ends.
    package var onset: Float = 3
    package var release: Float = 1.5
    /// How long sound must last to begin a stretch, which a click does not, and quiet to end one.
    package var onsetTime = 24
    package var hangTime = 400
    /// `isQuiet` becomes true during speech after this much quiet.
    package var shortQuiet = 60
    /// After so long a quiet or low passage a word may have ended; a stop consonant is shorter.
    package var wordQuiet: Int
    package var lowQuiet: Int
    /// Speech is low at this much below the recent peak, which decays by `peakDecay` a second.
    package var drop: Float
    package var peakDecay: Float = 20
    /// The floor of a part is this quantile of its levels in the latest `floorWindow`.
    package var floorQuantile: Float = 0.12
    package var floorWindow = 3000
    /// The floor assumed at the start, in dBFS, and the time after which nothing of that is left.
    package var assumedFloor: Float = -60
    package var assumedTime = 480

    /// When a word may have ended depends on the model, whose verdict was fitted to these.
    package init(wordQuiet: Int, lowQuiet: Int, drop: Float) {
      (self.wordQuiet, self.lowQuiet, self.drop) = (wordQuiet, lowQuiet, drop)
    }
  }

  package let settings: Settings
  private let bandsPerPart: Int
  private let onsetFrames: Int
  private let hangFrames: Int
  /// `shortQuiet` and so on in frames.
  package let shortQuiet: Int
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
  /// During speech, whether it has been quiet for `shortQuiet`; otherwise, whether no sound is beginning.
  package var isQuiet: Bool { isSpeech ? quiet >= shortQuiet : loud == 0 }

  /// Whether speech became quiet with the latest frame, relative to the background or to the recent peak: a word may
  /// have ended, or contain a pause.
  package var hasFallenQuiet: Bool {
    isSpeech && (quiet == wordQuiet || low == lowQuiet)
  }

  /// - Parameters:
  ///   - bands: the number of bands of the spectra, a multiple of `parts`.
  ///   - frameMilliseconds: the time from one frame to the next.
  package init(bands: Int, frameMilliseconds: Int, settings: Settings) {
    self.settings = settings
    bandsPerPart = max(1, bands / Self.parts)
    func frames(_ milliseconds: Int) -> Int { max(1, milliseconds / frameMilliseconds) }
    onsetFrames = frames(settings.onsetTime)
    hangFrames = frames(settings.hangTime)
    shortQuiet = frames(settings.shortQuiet)
    wordQuiet = frames(settings.wordQuiet)
    lowQuiet = frames(settings.lowQuiet)
    peakDecayPerFrame = settings.peakDecay * Float(frameMilliseconds) / 1000
    floors = (0..<Self.parts).map { _ in
      NoiseFloor(
        windowFrames: settings.floorWindow / frameMilliseconds, quantile: settings.floorQuantile,
        assumed: settings.assumedFloor, assumedFrames: settings.assumedTime / frameMilliseconds)
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
      excess += min(max(0, level - floors[part].level - settings.margin), settings.most)
      floors[part].update(level: level)
    }
    excess /= Float(Self.parts)
    let level = VoiceFrame.level(ofMeanSquare: total)
    peak = max(level, peak - peakDecayPerFrame)
    fall = peak - level
    low = fall > settings.drop ? low + 1 : 0
    if isSpeech {
      quiet = excess < settings.release ? quiet + 1 : 0
      guard quiet >= hangFrames else { return nil }
      isSpeech = false
      loud = 0
      return .stopped(framesAgo: quiet)
    }
    loud = excess > settings.onset ? loud + 1 : max(0, loud - 1)
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
