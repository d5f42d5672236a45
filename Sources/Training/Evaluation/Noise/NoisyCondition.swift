import VoiceActivity

/// Adds noise over whole recordings at a given signal-to-noise ratio.
///
/// The ratio is that of the mean squares of recording and noise within the utterance, both after conditioning (8 kHz,
/// nothing under 80 Hz).
package struct NoisyCondition: Sendable {
  /// How much noise alone surrounds a recording, in seconds.
  package struct Margin: Sendable, Equatable, Codable {
    package var before: Double
    package var after: Double

    package init(before: Double = 0, after: Double = 0) {
      self.before = before
      self.after = after
    }

    package static let none = Margin()
  }

  package let kind: NoiseKind
  /// In dB.
  package let signalToNoise: Double
  package let margin: Margin
  package let seed: UInt64

  package init(kind: NoiseKind, signalToNoise: Double, margin: Margin = .none, seed: UInt64) {
    self.kind = kind
    self.signalToNoise = signalToNoise
    self.margin = margin
    self.seed = seed
  }

  /// `clip` in this noise. The same index and seed give the same excerpt of noise at every ratio.
  package func samples(of clip: Clip, index: Int) -> [Float] {
    var random = SeededGenerator(seed: seed, stream: UInt64(index))
    let before = Int(margin.before * Double(VoiceFrame.sampleRate))
    let count = before + clip.samples.count + Int(margin.after * Double(VoiceFrame.sampleRate))
    let sound = before + clip.sound.lowerBound..<before + clip.sound.upperBound
    let noise = kind.samples(count, over: sound, &random)
    let (level, reference) = (NoiseMaker.rms(clip.samples[clip.sound]), NoiseMaker.rms(noise[sound]))
    guard level > 0, reference > 0 else { return clip.samples }
    let gain = level / reference * SoundEffects.amplitude(decibels: Float(-signalToNoise))
    var mixed = noise.map { gain * $0 }
    for (offset, sample) in clip.samples.enumerated() { mixed[before + offset] += sample }
    return mixed
  }
}
