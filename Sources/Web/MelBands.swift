import JSON
import MelScale
import SpeechFeatures

/// The bands of the page's spectrograms, as a script: equally spaced on the features' mel scale.
enum MelBands {
  private static let count = 96

  /// Where each band begins, in Hz, and where the last one ends.
  private static var edges: [Double] {
    let parameters = FeatureParameters.standard
    let low = MelScale.mel(parameters.lowestFrequency)
    let high = MelScale.mel(parameters.highestFrequency)
    return (0...count).map { MelScale.hertz(low + (high - low) * Double($0) / Double(count)) }
  }

  static let script = "export const edges = \(JSONValue.array(edges.map { .rounded($0, 1) }).text);\n"
}
