import VoiceActivity

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Simulates voices, rooms and microphones; everything at 8 kHz.
package enum SoundEffects {
  /// Scales the samples so that the peak is `level`; silence stays.
  static func normalise(_ sound: inout [Float], to level: Float) {
    let loudest = sound.reduce(Float(0)) { max($0, abs($1)) }
    guard loudest > 0 else { return }
    let gain = level / loudest
    for i in sound.indices { sound[i] *= gain }
  }

  /// Plays `samples` at `speed`: output sample i is input sample i * speed, by cubic (Catmull–Rom) interpolation.
  package static func played(_ samples: ArraySlice<Float>, at speed: Float) -> [Float] {
    guard samples.count > 3, speed != 1 else { return Array(samples) }
    let count = Int(Float(samples.count) / speed)
    return samples.withUnsafeBufferPointer { x in
      func at(_ i: Int) -> Float { i < 0 || i >= x.count ? 0 : x[i] }
      return (0..<count).map { n in
        let position = Float(n) * speed
        let i = Int(position)
        let t = position - Float(i)
        let (a, b, c, d) = (at(i - 1), at(i), at(i + 1), at(i + 2))
        return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
      }
    }
  }

  /// Speeds `samples` (8 kHz) up (`pace` above 1) or slows them down at the same pitch: waveform similarity overlap-add
  /// (W. Verhelst and M. Roelands, "An overlap-add technique based on waveform similarity", 1993) with segments of 32
  /// ms.
  package static func stretched(_ samples: ArraySlice<Float>, by pace: Float) -> [Float] {
    let (piece, half, reach) = (256, 128, 64)
    guard samples.count > piece + 2 * reach, pace != 1 else { return Array(samples) }
    let count = Int(Float(samples.count) / pace)
    var result = [Float](repeating: 0, count: count + piece)
    samples.withUnsafeBufferPointer { x in
      var place = 0
      for start in stride(from: 0, to: count, by: half) {
        let wanted = min(Int(Float(start) * pace), x.count - piece)
        if start > 0 {
          // The natural continuation of the last segment, which the beginning of the next one should match.
          let next = min(place + half, x.count - piece)
          var best = -Float.infinity
          for candidate in stride(from: max(0, wanted - reach), through: min(x.count - piece, wanted + reach), by: 2) {
            var (likeness, power) = (Float(0), Float(1e-9))
            for i in stride(from: 0, to: half, by: 2) {
              likeness += x[next + i] * x[candidate + i]
              power += x[candidate + i] * x[candidate + i]
            }
            let score = likeness * abs(likeness) / power
            if score > best { (best, place) = (score, candidate) }
          }
        }
        for i in 0..<piece {
          let window = start == 0 && i < half ? 1 : 0.5 - 0.5 * cosf(2 * .pi * (Float(i) + 0.5) / Float(piece))
          result[start + i] += window * x[place + i]
        }
      }
    }
    result.removeLast(result.count - count)
    return result
  }

  /// Reverberation: the direct sound followed by exponentially decaying velvet noise (sparse random impulses, one in
  /// each millisecond; M. Karjalainen and H. Järveläinen, "Reverberation modeling using velvet noise", 2007).
  ///
  /// - Parameter decay: reverberation time RT60 in seconds.
  static func reverberate(
    _ samples: inout [Float], decay: ClosedRange<Float> = 0.08...0.5, wet: ClosedRange<Float> = 0.1...0.6,
    _ random: inout SeededGenerator
  ) {
    let decay = random.uniform(in: decay)
    let wet = random.uniform(in: wet)
    let step = 8
    let taps = Int(decay * Float(VoiceFrame.sampleRate)) / step
    guard taps > 0 else { return }
    let dry = samples
    // The impulses' energies sum to wet².
    let perTap = expf(-2 * 6.9078 / Float(taps))
    let gain = wet * ((1 - perTap) / (1 - powf(perTap, Float(taps)))).squareRoot()
    dry.withUnsafeBufferPointer { dry in
      samples.withUnsafeMutableBufferPointer { out in
        guard let from = dry.baseAddress, let to = out.baseAddress else { return }
        for tap in 0..<taps {
          let delay = 1 + tap * step + random.index(below: step)
          guard delay < dry.count else { break }
          let sign: Float = random.chance(0.5) ? 1 : -1
          let g = sign * gain * expf(-6.9078 * Float(tap) / Float(taps))
          let target = to + delay
          for i in 0..<dry.count - delay { target[i] += g * from[i] }
        }
      }
    }
  }

  static func power(_ base: Float, _ exponent: Float) -> Float { powf(base, exponent) }

  /// Adds a sine of `hertz`; `phase` is in turns.
  static func addTone(_ hertz: Float, gain: Float, phase: Float, to samples: inout [Float]) {
    let step = 2 * Double.pi * Double(hertz) / Double(VoiceFrame.sampleRate)
    for i in samples.indices {
      samples[i] += gain * Float(sin(step * Double(i) + 2 * Double.pi * Double(phase)))
    }
  }

  static func amplitude(decibels: Float) -> Float { powf(10, decibels / 20) }

  /// Clips everything above `share` of the peak.
  static func clip(_ samples: inout [Float], share: Float) {
    let limit = share * samples.reduce(0) { max($0, abs($1)) }
    for i in samples.indices { samples[i] = min(max(samples[i], -limit), limit) }
  }

  /// A power response by bin: a smooth random curve through six points, and optionally the edges of a narrow band.
  static func response(
    bins: Int, depth: Float, equalises: Bool, limits: Bool, _ random: inout SeededGenerator
  ) -> [Float]? {
    guard equalises || limits else { return nil }
    let depth = equalises ? depth : 0
    let points = (0..<6).map { _ in random.uniform(in: -depth...depth) }
    let lowEdge = limits ? random.uniform(in: 100...350) : 0
    let nyquist = Float(VoiceFrame.sampleRate) / 2
    let highEdge = limits ? random.uniform(in: 2600...3800) : nyquist
    return (0..<bins).map { bin in
      let hertz = nyquist * Float(bin) / Float(bins - 1)
      // The points are equally spaced on a frequency scale that is logarithmic above 300 Hz.
      let place = min(4.999, 5 * logf(1 + hertz / 300) / logf(1 + nyquist / 300))
      let i = Int(place)
      let t = 0.5 - 0.5 * cosf(.pi * (place - Float(i)))
      var decibels = points[i] * (1 - t) + points[i + 1] * t
      if limits {
        // About 24 dB per octave below the lower edge, 60 dB over the 1000 Hz above the upper edge.
        if hertz < lowEdge { decibels -= min(60, 24 * log2f(lowEdge / max(hertz, 10))) }
        if hertz > highEdge { decibels -= min(60, 60 * (hertz - highEdge) / 1000) }
      }
      return powf(10, decibels / 10)
    }
  }
}
