import DigitNetwork
import SpeechFeatures

/// Everything that decides what weights a sequence network gets from a data folder.
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
  /// What the columns' silence, digit or other speech counts beside the words.
  package var activityWeight: Float = 0.3
  /// Columns of an example: 4.1 s.
  package var columns = 128
  package var examples = SequenceSettings()

  package init() {}
}

/// How examples of running speech are made. Shares are of the stretches an example is put together from.
package struct SequenceSettings: Sendable, Equatable, Codable {
  package var run: Float = 0.37
  package var single: Float = 0.17
  package var word: Float = 0.22
  package var talk: Float = 0.20
  /// The rest is a pause.

  /// Seconds of most pauses between stretches.
  package var pause: ClosedRange<Float> = 0.25...1.1
  /// Of the runs of digits, the share that has another word in it.
  package var wordInRun: Float = 0.12
  /// Share of the examples that are recordings cut to their first word, and to one of their words.
  package var cutBeginning: Float = 0.18
  package var cutEnd: Float = 0.12
  /// Of the neighbours in a run that is said without pauses, the share that runs into one another: the end of the one and
  /// the beginning of the other are not said.
  package var elision: Float = 0.35
  /// Of the stretches of talk, the share with pauses put in between its words.
  package var pausesInTalk: Float = 0.35
  /// Of the stretches of talk, the share with digits put in between its words, which are words of a sentence.
  package var digitInTalk: Float = 0.15
  /// Of the digits in a run that can be said in another way ("oh"), the share that is.
  package var alike: Float = 0.25
  /// Of the single digits, the share that breaks off before it can be told which it is.
  package var halfDigit: Float = 0.12
  /// Pace of a run whose pitch rises with it, and of one whose pitch stays.
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
