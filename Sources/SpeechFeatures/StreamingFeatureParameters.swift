/// Everything that decides how sound becomes the sequence network's input. They describe sound, not words.
package struct StreamingFeatureParameters: Sendable, Equatable {
  /// Log power under the running peak, and log power over the band's running mean.
  package static let channels = 2

  /// Window, hop and filter bank.
  package var spectrum = FeatureParameters.standard
  /// Share of a new frame in a band's running mean: a time constant of 0.4 s at 8 ms a frame.
  package var smoothing: Float = 0.02
  /// What is left of the running peak after a frame: 10 dB are lost in a second.
  package var peakDecay: Float = 0.981_75
  /// Power under which nothing is told from silence: white noise of about −85 dBFS.
  package var floor: Float = 1e-6
  /// dB under the running peak at which the first channel is floored.
  package var range: Float = 60
  /// dB over the running mean at which the second channel is cut off.
  package var highestRatio: Float = 30

  package init() {}

  package static let standard = StreamingFeatureParameters()
}
