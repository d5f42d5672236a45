/// Background noise: generated noise, recordings of noise, and babble.
struct NoiseMaker: Sendable {
  let bank: SoundBank

  /// `count` samples of noise of a random kind, at an arbitrary level.
  func make(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
    let at = random.unit()
    switch at {
    case ..<0.1: return Self.white(count, &random)
    case ..<0.2: return Self.pink(count, &random)
    case ..<0.25: return Self.brown(count, &random)
    case ..<0.8 where !bank.noises.isEmpty: return recording(count, &random)
    default: return babble(count, voices: 3 + random.index(below: 5), digits: 0.25, &random)
    }
  }

  /// A random part of a random recording, repeated from the start if it is too short.
  func recording(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
    let samples = bank.noises[random.index(below: bank.noises.count)].samples
    let speed: Float = random.chance(0.3) ? random.uniform(in: 0.8...1.25) : 1
    let needed = Int(Float(count) * speed) + 4
    var start = random.index(below: max(1, samples.count - needed))
    var part: [Float] = []
    part.reserveCapacity(needed)
    while part.count < needed && !samples.isEmpty {
      let take = min(needed - part.count, samples.count - start)
      part += samples[start..<start + take]
      start = 0
    }
    return Array(SoundEffects.played(part[...], at: speed).prefix(count))
  }

  /// Babble: several voices at about the same level.
  ///
  /// - Parameter digits: the share of recordings that are digits.
  func babble(_ count: Int, voices: Int, digits: Float, _ random: inout SeededGenerator) -> [Float] {
    var sum = [Float](repeating: 0, count: count)
    for _ in 0..<voices {
      let gain = random.uniform(in: 0.5...1)
      var at = -random.index(below: 4000)
      while at < count {
        let clip =
          bank.speech.isEmpty || random.chance(digits)
          ? bank.digits[random.index(below: 10)].draw(&random) : bank.speech[random.index(below: bank.speech.count)]
        let level = Self.rms(clip.samples[clip.sound])
        let scale = level > 0 ? gain / level : 0
        // A random part of at most 3 s, so that long recordings do not always begin in the same way.
        let from = clip.samples.count > 24_000 ? random.index(below: clip.samples.count - 24_000) : 0
        let part = clip.samples[from...].prefix(24_000)
        for (offset, sample) in part.enumerated() where at + offset >= 0 && at + offset < count {
          sum[at + offset] += sample * scale
        }
        at += part.count + random.index(below: 1600)
      }
    }
    return sum
  }

  static func rms(_ samples: ArraySlice<Float>) -> Float {
    guard !samples.isEmpty else { return 0 }
    var sum: Float = 0
    for sample in samples { sum += sample * sample }
    return (sum / Float(samples.count)).squareRoot()
  }

  /// The sum of four 16-bit numbers of one draw: close enough to Gaussian for noise, and fast.
  static func white(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
    (0..<count).map { _ in
      let bits = random.next()
      let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
      return (Float(sum) - 131_070) * (1 / 37_836)
    }
  }

  /// -3 dB an octave: white noise through Paul Kellet's three-pole filter ("economy" version, 1999).
  static func pink(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
    var (a, b, c): (Float, Float, Float) = (0, 0, 0)
    return white(count, &random).map { x in
      a = 0.99765 * a + 0.099_046 * x
      b = 0.963 * b + 0.296_516_4 * x
      c = 0.57 * c + 1.052_691_3 * x
      return a + b + c + 0.1848 * x
    }
  }

  /// -6 dB an octave: a leaky integral of white noise.
  static func brown(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
    var sum: Float = 0
    return white(count, &random).map { x in
      sum = 0.98 * sum + x
      return sum
    }
  }
}
