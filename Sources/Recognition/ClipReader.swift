import AudioInput
package import DigitNetwork
import Events
import VoiceActivity

/// Runs a recording through the sound stream, in pieces of any size, and returns the result at its end. Owned by one
/// thread at a time.
package final class ClipReader {
  /// What is collected from the conditioned sound.
  private final class Heard {
    /// Mean square of each 10 ms frame.
    var power: [Float] = []
    var sound: [Float] = []
    let keepsSound: Bool
    private var sum: Float = 0
    private var count = 0

    init(keepsSound: Bool) { self.keepsSound = keepsSound }

    func take(_ block: UnsafeBufferPointer<Float>) {
      if keepsSound { sound.append(contentsOf: block) }
      for sample in block {
        sum += sample * sample
        count += 1
        guard count == VoiceFrame.length else { continue }
        power.append(sum / Float(count))
        (sum, count) = (0, 0)
      }
    }

    /// The mean square between two times in ms.
    func power(from start: Int, to end: Int) -> Float {
      let first = max(0, min(start / 10, power.count))
      let part = power[first..<max(first, min(power.count, (end + 9) / 10))]
      return part.isEmpty ? 0 : part.reduce(0, +) / Float(part.count)
    }
  }

  private let stream: SoundStream
  private let heard: Heard
  private let rate: Int
  private var collector = ClipReading.Collector()
  private var samples = 0

  /// - Parameters:
  ///   - rate: sample rate in Hz.
  ///   - keepsSound: whether `sound` is needed.
  /// - Throws: if the rate is not supported, or FFTW cannot plan the transform.
  package init(model: SequenceModel, rate: Int, keepsSound: Bool = false) throws {
    let heard = Heard(keepsSound: keepsSound)
    self.heard = heard
    self.rate = rate
    stream = try SoundStream(model: model, heard: { heard.take($0) })
    try stream.begin(rate: rate) { _ in }
  }

  /// The conditioned sound as recognition received it: 8 kHz mono. Empty unless `keepsSound` was set.
  package var sound: [Float] { heard.sound }

  /// Takes the next samples: mono, −1…1.
  package func process(_ block: UnsafeBufferPointer<Float>) {
    samples += block.count
    stream.process(block) { collector.take($0) }
  }

  /// Call when the recording is over.
  package func finish() -> ClipReading {
    stream.finish { collector.take($0) }
    return ClipReading(collector, milliseconds: samples * 1000 / max(rate, 1)) { heard.power(from: $0, to: $1) }
  }
}
