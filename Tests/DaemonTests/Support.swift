import AudioInput
import DigitNetwork
import Glibc
import TestSupport

extension TemporaryFolder {
  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  func sound(_ name: String, _ samples: [Float], rate: Int = 8000) throws -> String {
    try file(name, try WAVWriter.encode(samples, sampleRate: rate))
  }

  /// A model that hears "seven" in whatever is said. With it what is tested is the daemon, not what it has learned.
  func model() throws -> String { try file("seven.safetensors", try SevenModel.make().bytes()) }
}

enum Sound {
  /// `count` words: bursts of 350 ms that swell and fade, 900 ms apart, in a faint hiss.
  static func words(_ count: Int, rate: Int = 8000) -> [Float] {
    var state: UInt32 = 1
    func noise() -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / Float(1 << 23) - 1
    }
    let (period, length) = (rate * 125 / 100, rate * 35 / 100)
    return (0..<(count * period + rate / 2)).map { index in
      let place = index % period - period / 2
      guard place >= 0, place < length, index < count * period else { return noise() * 0.00005 }
      let swell = sin(Float.pi * Float(place) / Float(length))
      let tone =
        sin(2 * Float.pi * 300 * Float(place) / Float(rate)) + sin(2 * Float.pi * 1100 * Float(place) / Float(rate))
      return swell * (0.15 * tone + 0.1 * noise())
    }
  }

  /// A WAV file of 32-bit floats, `channels` of them interleaved, all the same.
  static func floatFile(_ samples: [Float], rate: Int = 8000, channels: Int = 1) -> [UInt8] {
    func little(_ value: UInt32, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let data = samples.flatMap { sample in
      (0..<channels).flatMap { _ in little(sample.bitPattern, 4) }
    }
    return Array("RIFF".utf8) + little(UInt32(36 + data.count), 4) + Array("WAVEfmt ".utf8) + little(16, 4)
      + little(3, 2)
      + little(UInt32(channels), 2) + little(UInt32(rate), 4) + little(UInt32(rate * channels * 4), 4)
      + little(UInt32(channels * 4), 2) + little(32, 2) + Array("data".utf8) + little(UInt32(data.count), 4) + data
  }
}
