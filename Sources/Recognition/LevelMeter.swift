import Events
import VoiceActivity

/// Combines ten frames into one reading for display: ten readings a second.
struct LevelMeter: Sendable {
  private static let framesPerReading = VoiceFrame.perSecond / 10

  private var sumOfSquares: Float = 0
  private var peak: Float = 0
  private var frames = 0

  /// Takes a frame of conditioned samples; returns a reading after every tenth.
  ///
  /// - Parameters:
  ///   - floor: the noise floor in dBFS.
  ///   - threshold: the level that a sound must exceed to count as speech, in dBFS.
  mutating func process(
    _ samples: UnsafeBufferPointer<Float>, floor: Float, threshold: Float, speech: Bool
  ) -> Event.Level? {
    for sample in samples where sample.isFinite {
      sumOfSquares += sample * sample
      peak = max(peak, abs(sample))
    }
    frames += 1
    guard frames == Self.framesPerReading else { return nil }
    defer { self = LevelMeter() }
    let meanSquare = sumOfSquares / Float(frames * VoiceFrame.length)
    return Event.Level(
      rmsDBFS: Double(VoiceFrame.level(ofMeanSquare: meanSquare)),
      peakDBFS: Double(VoiceFrame.level(ofMeanSquare: peak * peak)),
      noiseFloorDBFS: Double(floor), thresholdDBFS: Double(threshold), speech: speech)
  }
}
