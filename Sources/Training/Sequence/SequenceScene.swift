/// The sound of an example under construction.
struct SequenceScene {
  /// One sound of the scene.
  struct Part {
    enum Kind {
      case digit(Int)
      case other
      /// Talk: only its loud parts count as other speech.
      case talk
      /// A recording of several digits: labels without known positions.
      case string([Int])
    }

    var kind: Kind
    var sound: Range<Int>
  }

  var samples: [Float]
  var parts: [Part] = []
  /// The scene is a recording cut to these samples; there is digital silence around it.
  var recorded: Range<Int>?

  init(length: Int) { samples = [Float](repeating: 0, count: length) }

  mutating func add(_ sound: ArraySlice<Float>, at place: Int, gain: Float) {
    let from = max(0, place)
    let to = min(samples.count, place + sound.count)
    guard from < to else { return }
    for i in from..<to { samples[i] += gain * sound[sound.startIndex + i - place] }
  }
}

// MARK: - Where it is said

extension SequenceScene {
  /// Adds a room with its noises, and a microphone.
  mutating func place(_ settings: SequenceSettings, _ noises: NoiseMaker, _ random: inout SeededGenerator) {
    let speech = parts.reduce(into: (sum: Float(0), count: 0)) { total, part in
      for i in part.sound.clamped(to: samples.indices) {
        total.sum += samples[i] * samples[i]
        total.count += 1
      }
    }
    let level = speech.count > 0 ? (speech.sum / Float(speech.count)).squareRoot() : 0.1
    if random.chance(settings.longReverberation) {
      SoundEffects.reverberate(&samples, decay: 0.5...1.3, wet: 0.1...0.5, &random)
    } else if random.chance(settings.reverberation) {
      SoundEffects.reverberate(&samples, decay: 0.08...0.5, wet: 0.1...0.6, &random)
    }
    if random.chance(settings.noise) { addNoise(level, settings, noises, &random) }
    if random.chance(settings.hum) { addHum(level, &random) }
    if random.chance(settings.clipping) {
      SoundEffects.clip(&samples, share: random.uniform(in: 0.15...0.7))
    }
    let gain = SoundEffects.amplitude(decibels: random.uniform(in: -42...(-3)))
    for i in samples.indices { samples[i] *= gain }
    // The microphone's own noise; some have none.
    if random.chance(0.7) {
      let hiss = SoundEffects.amplitude(decibels: random.uniform(in: -95...(-55))) * min(1, 8 * gain)
      let white = NoiseMaker.white(samples.count, &random)
      for i in samples.indices { samples[i] += hiss * white[i] }
    }
  }

  private mutating func addNoise(
    _ level: Float, _ settings: SequenceSettings, _ noises: NoiseMaker, _ random: inout SeededGenerator
  ) {
    let noise = noises.make(samples.count, &random)
    let own = NoiseMaker.rms(noise[...])
    guard own > 0 else { return }
    let gain = level / own * SoundEffects.amplitude(decibels: -random.uniform(in: settings.signalToNoise))
    for i in samples.indices { samples[i] += gain * noise[i] }
  }

  /// Adds a steady tone with some harmonics.
  private mutating func addHum(_ level: Float, _ random: inout SeededGenerator) {
    let frequency = 50 * SoundEffects.power(20, random.unit())
    var gain = level * 1.4 * SoundEffects.amplitude(decibels: random.uniform(in: -20...6))
    for harmonic in 1...(1 + random.index(below: 4)) {
      let hertz = frequency * Float(harmonic)
      guard hertz < 3900 else { break }
      SoundEffects.addTone(hertz, gain: gain, phase: random.unit(), to: &samples)
      gain *= random.uniform(in: 0.2...0.8)
    }
  }
}

extension ArraySlice<Float> {
  /// The sum of squares.
  var energy: Float { reduce(0) { $0 + $1 * $1 } }
}
