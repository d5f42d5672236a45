import DigitNetwork
import SpeechFeatures

/// Everything, besides the data, that determines the trained weights.
package struct SequenceRecipe: Sendable, Equatable, Codable {
  package var seed: UInt64 = 1
  package var steps = 6000
  /// Steps between checkpoints and reports.
  package var stepsPerEpoch = 100
  package var batch = 24
  package var peakRate: Float = 2e-3
  package var kernelFactor: Float = 4
  package var weightDecay: Float = 0.02
  package var rise: Float = 0.15
  package var averageDecay: Float = 0.998
  /// The weight of the activity loss (silence, digit or other speech) relative to the word loss.
  package var activityWeight: Float = 0.3
  /// Columns per example: 4.1 s.
  package var columns = 128
  package var examples = SequenceSettings()

  package init() {}
}

/// How examples of running speech are composed. `run` to `talk` are shares of the stretches of an example.
package struct SequenceSettings: Sendable, Equatable, Codable {
  package var run: Float = 0.37
  package var single: Float = 0.17
  package var word: Float = 0.22
  package var talk: Float = 0.20
  /// The rest is a pause.

  /// The length of most pauses between stretches, in seconds.
  package var pause: ClosedRange<Float> = 0.25...1.1
  /// The share of runs of digits that contain another word.
  package var wordInRun: Float = 0.12
  /// The share of examples cut off just before or within the first word, and of those cut off after one of the words.
  package var cutBeginning: Float = 0.18
  package var cutEnd: Float = 0.12
  /// The share of neighbours in a run without pauses that are slurred: the end of one digit and the beginning of the
  /// next are left out.
  package var elision: Float = 0.35
  /// The share of the words of a run whose soft beginning is left out, and of those whose soft end is. Nil for none,
  /// and no random number is drawn for it.
  package var hardCut: Float? = 1
  /// The share of stretches of talk with pauses inserted.
  package var pausesInTalk: Float = 0.35
  /// The share of stretches of talk with digits inserted as words of a sentence.
  package var digitInTalk: Float = 0.15
  /// The share of digits in a run that use an alternative word ("oh"), where there is one.
  package var alike: Float = 0.25
  /// The share of single digits that break off before they can be recognised.
  package var halfDigit: Float = 0.12
  /// The pace of a run: by resampling, which changes the pitch, and by time-stretching, which does not.
  package var hurry: ClosedRange<Float> = 0.88...1.2
  package var stretch: ClosedRange<Float> = 0.75...1.5
  package var speed: ClosedRange<Float> = 0.85...1.17
  package var warp: ClosedRange<Float> = 0.9...1.11
  package var reverberation: Float = 0.4
  package var longReverberation: Float = 0.1
  package var noise: Float = 0.6
  package var signalToNoise: ClosedRange<Float> = -2...35
  package var hum: Float = 0.12
  package var clipping: Float = 0.05
  package var equaliser: Float = 0.6
  package var equaliserDepth: Float = 8
  package var bandLimit: Float = 0.12
  package var masks: Float = 0.4

  package init() {}
}
