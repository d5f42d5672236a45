import AudioInput
import Glibc

/// Signals and measures that several tests use.
enum Signal {
  static func sine(_ frequency: Double, rate: Int, count: Int, amplitude: Float = 1) -> [Float] {
    (0..<count).map { amplitude * Float(sin(2 * Double.pi * frequency * Double($0) / Double(rate))) }
  }

  /// 20 log10 of the root of the mean square; a full sine is −3 dB.
  static func decibels(_ samples: some Collection<Float>) -> Double {
    let sum = samples.reduce(0.0) { $0 + Double($1) * Double($1) }
    return 10 * log10(sum / Double(max(1, samples.count)) + 1e-30)
  }

  static func largestDifference(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Float {
    zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
}

/// xorshift64*: seeded, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed == 0 ? 0x9E37_79B9_7F4A_7C15 : seed }

  mutating func next() -> UInt64 {
    state ^= state >> 12
    state ^= state << 25
    state ^= state >> 27
    return state &* 0x2545_F491_4F6C_DD1D
  }
}

extension ResamplingEngine {
  /// Resamples in pieces of `chunk` samples, to the end.
  func resample(_ input: [Float], chunk: Int, finish: Bool = true) -> [Float] {
    var output: [Float] = []
    input.withUnsafeBufferPointer { all in
      var start = 0
      while start < all.count {
        let end = min(start + chunk, all.count)
        process(UnsafeBufferPointer(rebasing: all[start..<end])) { output.append(contentsOf: $0) }
        start = end
      }
    }
    if finish { self.finish { output.append(contentsOf: $0) } }
    return output
  }
}

/// The bytes of a WAV file of any shape, written here so that the reader is not tested against our own writer alone.
/// `claimedBytes` is how much sound its header says it holds, if not so much as there is.
func wav(
  _ data: [UInt8], channels: Int, rate: Int, bits: Int, float: Bool = false, claimedBytes: Int? = nil
) -> [UInt8] {
  func little(_ value: Int, _ bytes: Int) -> [UInt8] {
    (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
  let frame = channels * bits / 8
  let claimed = claimedBytes ?? data.count
  return Array("RIFF".utf8) + little(36 + claimed, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
    + little(float ? 3 : 1, 2) + little(channels, 2) + little(rate, 4) + little(rate * frame, 4) + little(frame, 2)
    + little(bits, 2) + Array("data".utf8) + little(claimed, 4) + data
}

func pcm16(_ samples: [Int16]) -> [UInt8] {
  samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
}

func float32(_ samples: [Float]) -> [UInt8] {
  samples.flatMap { sample in (0..<4).map { UInt8(truncatingIfNeeded: sample.bitPattern >> (8 * $0)) } }
}
