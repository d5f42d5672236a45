import AudioInput
package import DigitNetwork
package import Events
import Recognition

/// A recording fed to recognition as the daemon does it: in pieces of 10 ms, at its own rate.
package struct StreamedSound: Sendable {
  package let samples: [Float]
  package let rate: Int

  package var seconds: Double { Double(samples.count) / Double(rate) }

  /// Reads a sound file.
  package init(path: String) throws {
    let sound = try SoundFile.read(path: path, maximumSeconds: 7 * 24 * 3600)
    self.init(samples: sound.samples, rate: sound.sampleRate)
  }

  package init(samples: [Float], rate: Int = AudioConditioner.outputRate) {
    self.samples = samples
    self.rate = rate
  }

  /// The digits emitted for it. The same sound always gives the same digits; only `compute_ms` varies.
  package func transcripts(by model: SequenceModel) throws -> [Event.Transcript] {
    let stream = try SoundStream(model: model)
    var emitted: [Event.Transcript] = []
    func note(_ event: Event) { if case .transcript(let transcript) = event { emitted.append(transcript) } }
    try stream.begin(rate: rate, emit: note)
    let step = max(1, rate / 100)
    samples.withUnsafeBufferPointer { samples in
      for start in stride(from: 0, to: samples.count, by: step) {
        stream.process(UnsafeBufferPointer(rebasing: samples[start..<min(samples.count, start + step)]), emit: note)
      }
    }
    stream.finish(emit: note)
    return emitted
  }
}

extension SequenceModel {
  /// The same model with another threshold for emitting words.
  package func emitting(from threshold: Double) -> SequenceModel {
    var model = self
    model.metadata.verdict.threshold = threshold
    return model
  }

  /// The confidence from which a digit is emitted.
  package var threshold: Double { metadata.verdict.threshold }
}
