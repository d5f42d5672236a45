/// Everything that decides how sound becomes the sequence network's input. These parameters describe sound, not words.
package struct StreamingFeatureParameters: Sendable, Equatable {
  /// Log power relative to the running peak, and log power relative to the band's running mean.
  package static let channels = 2

  /// Window, hop and filter bank.
  package var spectrum = FeatureParameters.standard
  /// Weight of a new frame in a band's running mean: a time constant of 0.4 s at 8 ms a frame.
  package var smoothing: Float = 0.02
  /// The factor by which the running peak decays with each frame: 10 dB a second.
  package var peakDecay: Float = 0.981_75
  /// Power below which sound counts as silence: white noise of about −85 dBFS.
  package var floor: Float = 1e-6
  /// dB below the running peak at which the first channel is floored.
  package var range: Float = 60
  /// dB above the running mean at which the second channel is clamped.
  package var highestRatio: Float = 30

  package init() {}

  package static let standard = StreamingFeatureParameters()
}
