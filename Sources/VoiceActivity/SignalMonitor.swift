/// Reports faults of the signal itself: nothing but zeros for seconds, or repeated clipping at full scale.
///
/// It works on sound after a high-pass. A constant input has decayed to nothing by then, and the flat tops of a clipped
/// wave still reach full scale.
package struct SignalMonitor: Sendable {
  package enum Change: Sendable, Equatable {
    case silent(Bool)
    case clipping(Bool)
  }

  /// What one 10 ms frame looks like.
  package struct FrameShape: Sendable, Equatable {
    /// No sample exceeds a tenth of a 16-bit step.
    package var isDead: Bool
    /// Three or more samples in a row are at full scale.
    package var isClipped: Bool

    package init(isDead: Bool, isClipped: Bool) {
      self.isDead = isDead
      self.isClipped = isClipped
    }

    package init(of samples: UnsafeBufferPointer<Float>) {
      var peak: Float = 0
      var run = 0
      var longestRun = 0
      for sample in samples {
        let magnitude = abs(sample)
        peak = max(peak, magnitude)
        run = magnitude >= SignalMonitor.fullScale ? run + 1 : 0
        longestRun = max(longestRun, run)
      }
      isDead = peak < SignalMonitor.deadPeak
      isClipped = longestRun >= SignalMonitor.clippedRun
    }
  }

  static let deadPeak: Float = 3e-6
  static let fullScale: Float = 0.98
  static let clippedRun = 3

  /// When the conditions begin and end, in frames of 10 ms.
  package struct Settings: Sendable, Equatable {
    /// Consecutive dead frames that begin silence at first, and live frames that end it.
    package var silentAfter = 2 * VoiceFrame.perSecond
    package var soundAfter = 5
    /// The upper limit of `silentAfter`. Each time sound returns by itself, the wait doubles. A microphone with a noise
    /// gate is silent between any two words, and should not raise the condition each time.
    package var silentAfterAtMost = 64 * VoiceFrame.perSecond
    /// A clipped frame raises the clipping score by `clippedWeight`, up to `clippingLimit`; any other frame lowers it by
    /// one. Clipping begins at `clippingAt` and ends at 0: about ten clipped frames within a second begin it, three
    /// seconds without any end it.
    package var clippedWeight = 30
    package var clippingAt = 240
    package var clippingLimit = 300

    package init() {}
  }

  private enum Life: Sendable { case live, dead }

  private var silence: (life: Life, against: Int) = (.live, 0)
  private var patience: Int
  private var clipping: (isOn: Bool, score: Int) = (false, 0)

  private let settings: Settings

  package init(_ settings: Settings = Settings()) {
    self.settings = settings
    patience = settings.silentAfter
  }

  /// Takes the shape of the next frame. Only one condition can change at a time: a clipped frame is needed to begin
  /// clipping, a dead one to begin silence. Where both would end, silence ends first.
  package mutating func process(_ frame: FrameShape) -> Change? {
    updateSilence(frame.isDead) ?? updateClipping(frame.isClipped)
  }

  /// The signal is over, and another may follow.
  /// - Returns: the ends of the conditions that held.
  package mutating func end() -> [Change] {
    var changes: [Change] = []
    if silence.life == .dead { changes.append(.silent(false)) }
    if clipping.isOn { changes.append(.clipping(false)) }
    silence = (.live, 0)
    clipping = (false, 0)
    return changes
  }

  private mutating func updateSilence(_ isDead: Bool) -> Change? {
    switch (silence.life, isDead) {
    case (.live, false), (.dead, true):
      silence.against = 0
      return nil
    case (.live, true):
      silence.against += 1
      guard silence.against >= patience else { return nil }
      silence = (.dead, 0)
      return .silent(true)
    case (.dead, false):
      silence.against += 1
      guard silence.against >= settings.soundAfter else { return nil }
      silence = (.live, 0)
      patience = min(settings.silentAfterAtMost, 2 * patience)
      return .silent(false)
    }
  }

  private mutating func updateClipping(_ isClipped: Bool) -> Change? {
    clipping.score =
      isClipped ? min(settings.clippingLimit, clipping.score + settings.clippedWeight) : max(0, clipping.score - 1)
    switch clipping.isOn {
    case false where clipping.score >= settings.clippingAt:
      clipping.isOn = true
      return .clipping(true)
    case true where clipping.score == 0:
      clipping.isOn = false
      return .clipping(false)
    case true, false:
      return nil
    }
  }
}
