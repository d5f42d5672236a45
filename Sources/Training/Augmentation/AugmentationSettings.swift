/// How far training examples stray from the recordings. Probabilities are 0…1.
public struct AugmentationSettings: Sendable, Equatable, Codable {
  // What an example is.
  /// Share of examples that are digits; the rest is what must be turned down.
  public var digitShare: Float = 0.55
  /// Of the rest: what people said, what synthetic voices said, digits cut and joined wrongly or played backwards; what
  /// is left is noise alone.
  public var speechShare: Float = 0.38
  public var syntheticShare: Float = 0.34
  public var mangledShare: Float = 0.1
  /// Of what people said, the share that is cut somewhere in a word, as a pause may cut it.
  public var fragment: Float = 0.2
  /// Of the noise alone, the share that is several people speaking at once, and of the others the share that stands out
  /// by itself: a bark, a knock.
  public var crowd: Float = 0.35
  public var noiseEvent: Float = 0.7

  // The voice.
  /// Playing speed, which moves pitch, formants and duration together.
  public var speed: ClosedRange<Float> = 0.92...1.09
  /// Vocal-tract-length perturbation: the filters' centre frequencies times this.
  public var warp: ClosedRange<Float> = 0.95...1.05

  // The cut, as voice activity makes it.
  /// Chance that what is weak at the beginning and the end of the sound is lost, as where a recorder mutes it or somebody
  /// cut the recording by its loudness: of a "six" its vowel is left.
  public var weakEndsLost: Float = 0.25
  /// dB under the loudest 10 ms from which a beginning or an end is weak.
  public var weakEnds: ClosedRange<Float> = 12...35
  /// Chance of a cut without any background before it, as in recordings cut to the sound.
  public var tightCut: Float = 0.3
  /// Seconds kept before the sound; a negative number cuts into it.
  public var front: ClosedRange<Float> = -0.02...0.15
  /// Seconds kept after the sound.
  public var back: ClosedRange<Float> = -0.03...0.22
  /// Seconds of background heard before.
  public var background: ClosedRange<Float> = 0.15...1.0
  /// Chance that a neighbouring word's end or start lies in the margins.
  public var neighbour: Float = 0.1

  // The room and the microphone.
  public var reverberation: Float = 0.35
  public var noise: Float = 0.55
  /// dB, over the sound itself.
  public var signalToNoise: ClosedRange<Float> = 3...35
  public var equaliser: Float = 0.7
  /// dB up or down of the equaliser's six points.
  public var equaliserDepth: Float = 8
  public var bandLimit: Float = 0.15
  public var clipping: Float = 0.05

  // The spectrogram.
  /// The furthest that elastic warping moves anything: in time, of bands against each other, of all bands over the word.
  /// Frames of 8 ms, bands of 128.
  public var elasticFrames: Float = 3
  public var elasticBands: Float = 2
  public var elasticDrift: Float = 2
  public var mask: Float = 0.5
  public var maskBands = 12
  public var maskFrames = 10

  /// Chance that an example is mixed with another one, and the other's share in the mixture.
  public var mixup: Float = 0.3
  public var mixupShare: ClosedRange<Float> = 0.05...0.5

  public var labelSmoothing: Float = 0.05

  public init() {}

  public static let standard = AugmentationSettings()
}
