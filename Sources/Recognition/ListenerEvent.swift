/// A decision with its place on the stream's clock.
public struct DecidedUtterance: Sendable, Equatable {
  /// Where the sound lies, in ms since capture began.
  public var startMs: Int
  public var endMs: Int
  /// All the input taken in when it was decided, look-ahead and resampling included, rounded up.
  public var decidedMs: Int
  /// What noise reduction, features, network and the search for a voice took, in ms of wall time.
  public var computeMs: Double

  public init(startMs: Int, endMs: Int, decidedMs: Int, computeMs: Double) {
    self.startMs = startMs
    self.endMs = endMs
    self.decidedMs = decidedMs
    self.computeMs = computeMs
  }
}

public struct SoundLevel: Sendable, Equatable {
  public var rmsDBFS: Double
  public var peakDBFS: Double
  public var noiseFloorDBFS: Double
  public var thresholdDBFS: Double
  public var speech: Bool

  public init(rmsDBFS: Double, peakDBFS: Double, noiseFloorDBFS: Double, thresholdDBFS: Double, speech: Bool) {
    self.rmsDBFS = rmsDBFS
    self.peakDBFS = peakDBFS
    self.noiseFloorDBFS = noiseFloorDBFS
    self.thresholdDBFS = thresholdDBFS
    self.speech = speech
  }
}

/// What 100 ms of sound were made of. Coarse on purpose: ten times a second in 32 bands shows where there was sound, and
/// is far too coarse to be listened to or to make words of again.
public struct SoundSpectrum: Sendable, Equatable {
  public static let bandCount = 32

  /// Where the 100 ms end, in ms since capture began.
  public var timestamp: Int
  /// The mean power in each band in dBFS: 32 bands, equally spaced on Slaney's mel scale from 50 to 4000 Hz, the lowest
  /// first. Together they hold the power of the sound; −100 is silence.
  public var bandsDBFS: SIMD32<Int8>

  public init(timestamp: Int, bandsDBFS: SIMD32<Int8>) {
    self.timestamp = timestamp
    self.bandsDBFS = bandsDBFS
  }
}

/// Something wrong with the signal itself.
public enum SignalCondition: String, Sendable, Equatable, CaseIterable {
  /// Nothing but one constant value: a muted or dead microphone.
  case silent
  /// The loudest samples are cut off again and again.
  case clipping
}

/// What the listener has to say; times are milliseconds on the stream's clock.
public enum ListenerEvent: Sendable, Equatable {
  case voiceStarted(timestamp: Int)
  case voiceStopped(timestamp: Int)
  case transcript(Guess, DecidedUtterance)
  case notDetected(RejectionReason, Guess?, DecidedUtterance)
  /// Ten a second.
  case level(SoundLevel)
  /// Ten a second, each after its level, while somebody wants them.
  case spectrum(SoundSpectrum)
  case condition(SignalCondition, on: Bool)
}
