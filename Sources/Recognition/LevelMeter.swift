import Events
import VoiceActivity

/// Gathers ten frames at a time into a reading for people: ten readings a second.
struct LevelMeter: Sendable {
  private static let framesPerReading = VoiceFrame.perSecond / 10

  private var sumOfSquares: Float = 0
  private var peak: Float = 0
  private var frames = 0

  /// Takes in a frame of conditioned samples; returns a reading after every tenth.
  ///
  /// - Parameters:
  ///   - floor: the level of the background, dBFS.
  ///   - threshold: what a sound must exceed to begin, dBFS.
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
