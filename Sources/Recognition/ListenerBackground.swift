import VoiceActivity

/// Picks the frames that hold no word, for the noise profile.
///
/// A frame is admitted only when it is 400 ms old: by then it is known whether a word began with it, however softly.
struct BackgroundPicker: Sendable {
  /// Longer than it takes to confirm a word plus the longest look back to its beginning.
  static let delay = 40
  /// Frames kept out before a word and after it (reverberation).
  private static let (before, after) = (5, 10)

  private var wordStart: Int?
  private var blockedUntil = 0

  mutating func process(_ action: VoiceActivityAction) {
    switch action {
    case .wordStarted(let frame):
      wordStart = frame
    case .wordEnded(let word, let ending):
      wordStart = nil
      switch ending {
      case .gap, .tooShort, .tooLong, .interrupted: blockedUntil = word.end + Self.after
      // It was the background after all.
      case .background, .overtaken: break
      }
    case .speechStarted, .paused, .wordResumed, .speechStopped:
      break
    }
  }

  /// The word in its pause is decided.
  mutating func settle(_ word: DetectedWord) {
    wordStart = nil
    blockedUntil = word.end + Self.after
  }

  /// Whether a frame that is `delay` frames old holds background.
  func admits(_ frame: Int) -> Bool {
    guard frame >= blockedUntil else { return false }
    guard let wordStart else { return true }
    return frame < wordStart - Self.before
  }
}
