#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether a sound has the pitch of a voice in it: every word has a vowel, and a knock, a sneeze or rain has none.
///
/// By the normalised cross-correlation of the sound with itself one pitch period later, as pitch trackers have it
/// (Talkin, "A Robust Algorithm for Pitch Tracking", 1995): near 1 where the sound repeats, S/(S+N) of that in noise.
public enum Voicing {
  /// The periods of voices in samples at 8 kHz: 400 Hz to 70 Hz.
  private static let periods = 20...114
  /// What is compared with what comes one period later: 20 ms.
  private static let window = 160
  /// Frames this far under the loudest are passed over: a factor of 20 dB in power.
  private static let quietest: Float = 0.01

  /// Counts the frames of 10 ms that repeat themselves at the pitch of a voice.
  ///
  /// - Parameters:
  ///   - samples: 8 kHz mono.
  ///   - correlation: how alike two periods must be, 0…1.
  ///   - limit: no more are counted than this.
  public static func voicedFrames(
    in samples: UnsafeBufferPointer<Float>, correlation: Float, limit: Int
  ) -> Int {
    let reach = window + periods.upperBound
    guard samples.count >= reach, limit > 0 else { return 0 }
    let starts = stride(from: 0, through: samples.count - reach, by: VoiceFrame.length)
    let loudest = starts.lazy.map { power(samples, $0) }.max() ?? 0
    guard loudest.isFinite, loudest > 1e-9 else { return 0 }
    var count = 0
    for start in starts where power(samples, start) > quietest * loudest {
      if repeats(samples, at: start, correlation: correlation) { count += 1 }
      if count >= limit { break }
    }
    return count
  }

  /// The energy of the window at `start`.
  private static func power(_ samples: UnsafeBufferPointer<Float>, _ start: Int) -> Float {
    product(samples, start, start)
  }

  private static func repeats(_ samples: UnsafeBufferPointer<Float>, at start: Int, correlation: Float) -> Bool {
    let energy = power(samples, start)
    for period in periods {
      let common = product(samples, start, start + period)
      guard common > 0 else { continue }
      let later = power(samples, start + period)
      if common > correlation * sqrtf(energy * later) { return true }
    }
    return false
  }

  /// Σ x[a + i] · x[b + i] over the window, eight at a time.
  private static func product(_ samples: UnsafeBufferPointer<Float>, _ a: Int, _ b: Int) -> Float {
    let bytes = UnsafeRawBufferPointer(samples)
    var lanes = SIMD8<Float>()
    for i in stride(from: 0, to: window, by: 8) {
      let left = bytes.loadUnaligned(fromByteOffset: 4 * (a + i), as: SIMD8<Float>.self)
      let right = bytes.loadUnaligned(fromByteOffset: 4 * (b + i), as: SIMD8<Float>.self)
      lanes += left * right
    }
    return lanes.sum()
  }
}
