import AudioInput
import DigitNetwork
import Glibc
import SpeechFeatures
import TestSupport

extension TemporaryFolder {
  func file(_ name: String, _ text: String) throws -> String { try file(name, Array(text.utf8)) }

  func sound(_ name: String, _ samples: [Float], rate: Int = 8000) throws -> String {
    try file(name, WAVWriter.encode(samples, sampleRate: rate))
  }

  /// A model that hears "seven" whatever is said: all weights are nothing, one bias is not. With it what is tested is the
  /// daemon, not what it has learned.
  func model() throws -> String {
    let architecture = NetworkArchitecture.standard(classes: 11)
    var tensors: [String: Tensor] = [:]
    for (name, shape) in architecture.tensorShapes {
      var values = [Float](repeating: name.hasSuffix("running_var") ? 1 : 0, count: shape.reduce(1, *))
      if name == "fc.bias" { values[7] = 9 }
      tensors[name] = Tensor(shape: shape, values: values)
    }
    let metadata = ModelMetadata(
      name: "always-seven", version: "1", labels: (0...9).map(String.init) + ["other"], architecture: architecture,
      features: FeatureParameters.standard.dictionary,
      calibration: ModelMetadata.Calibration(
        temperature: 1, minimumScore: 0.5, maximumOther: 0.5, earlyScore: 0.9),
      training: ModelMetadata.Training(learnedFrom: [], seed: 0, epochs: 0, command: "", notes: ""))
    return try file("seven.safetensors", try DigitModel(metadata: metadata, tensors: tensors).bytes())
  }
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
      guard place >= 0, place < length, index < count * period else { return noise() * 0.0004 }
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
