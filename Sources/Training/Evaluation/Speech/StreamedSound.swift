import AudioInput
package import DigitNetwork
package import Events
import Recognition

/// A recording as the daemon takes it in: in pieces of 10 ms, at its own rate.
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

  /// The digits that are told of it. The same sound always gives the same ones, but for the time that they took.
  ///
  package func transcripts(by model: SequenceModel) throws -> [Event.Transcript] {
    let stream = try SoundStream(model: model)
    var told: [Event.Transcript] = []
    func note(_ event: Event) { if case .transcript(let transcript) = event { told.append(transcript) } }
    try stream.begin(rate: rate, emit: note)
    let step = max(1, rate / 100)
    samples.withUnsafeBufferPointer { samples in
      for start in stride(from: 0, to: samples.count, by: step) {
        stream.process(UnsafeBufferPointer(rebasing: samples[start..<min(samples.count, start + step)]), emit: note)
      }
    }
    stream.finish(emit: note)
    return told
  }
}

extension SequenceModel {
  /// The same with another threshold: words are told from this confidence on.
  package func telling(from threshold: Double) -> SequenceModel {
    var model = self
    model.metadata.verdict.threshold = threshold
    return model
  }

  /// The confidence from which on it tells a digit.
  package var threshold: Double { metadata.verdict.threshold }
}
