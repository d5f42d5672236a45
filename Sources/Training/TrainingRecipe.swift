import SpeechFeatures

/// Everything that decides what weights come out of a data folder.
public struct TrainingRecipe: Sendable, Equatable, Codable {
  public var seed: UInt64 = 1
  /// How many networks stand side by side in the model, each of its own seed: this one, and those after it.
  public var members = 1
  public var epochs = 60
  /// Examples in one epoch; they are drawn anew each time, so an epoch is a measure of work, not a pass over the data.
  public var examplesPerEpoch = 4096
  public var batch = 32
  public var peakRate: Float = 2e-3
  /// How many times the learning rate moves the kernels of hidden convolutions.
  public var kernelFactor: Float = 4
  public var weightDecay: Float = 0.02
  /// Share of the head's inputs that are dropped.
  public var dropout: Float = 0.2
  /// Share of the steps in which the learning rate rises.
  public var rise: Float = 0.25
  /// How much of the running average of the weights stays at each step.
  public var averageDecay: Float = 0.998
  /// How much of what a network should answer is what its teachers do, where it has any; the rest is the label.
  public var teachersShare: Float = 0.7
  /// dB; 0 for a network that hears without noise reduction.
  public var noiseReductionDepth = FeatureParameters.standard.noiseReductionDepth
  public var augmentation = AugmentationSettings.standard
  public var attempts = Attempts()

  /// How many attempts are made at an example, of which the one that the network finds the hardest is learned from. Over
  /// 120 epochs a second attempt at a digit gave nothing (see Models/README.md).
  public struct Attempts: Sendable, Equatable, Codable {
    public var digit = 1
    /// Of what must be turned down.
    public var other = 3
    /// Epochs at the beginning in which the first attempt is taken: a network that knows nothing finds nothing hard.
    public var firstEpochs = 2

    public init() {}

    public static let one: Attempts = {
      var attempts = Attempts()
      (attempts.digit, attempts.other) = (1, 1)
      return attempts
    }()

    package func count(of subject: Augmenter.Subject) -> Int {
      switch subject {
      case .digit: digit
      case .speech, .syntheticSpeech, .noise: other
      // The hardest of them are digits to any ear: a part of a "two" before a part of another one.
      case .mangled: 1
      }
    }

    package var isOne: Bool { digit <= 1 && other <= 1 }
  }

  public init() {}

  public var features: FeatureParameters {
    var features = FeatureParameters.standard
    features.noiseReductionDepth = noiseReductionDepth
    return features
  }
  public var stepsPerEpoch: Int { examplesPerEpoch / batch }
  public var steps: Int { epochs * stepsPerEpoch }
}
