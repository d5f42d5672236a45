import DataFolders
import VoiceActivity

/// Joins sentences into streams, as a microphone hears somebody who talks continuously.
package enum TalkStream {
  /// A stream ends with the sentence that reaches this length: two minutes.
  private static let length = 960_000

  /// Replaces the talk among the clips by streams: sentences in random order, 0.3 to 1 s apart, each at a level of its
  /// own, with a microphone's noise. Other clips stay unchanged.
  package static func joined(_ clips: [Clip]) -> [Clip] {
    var sentences = clips.filter(\.isTalk)
    var random = SeededGenerator(seed: 0x7A1C)
    for i in sentences.indices.reversed() { sentences.swapAt(i, random.index(below: i + 1)) }
    var streams: [Clip] = []
    var samples: [Float] = []
    func close() {
      guard !samples.isEmpty else { return }
      let recording = Recording(
        path: "talk-\(streams.count)", label: .speech, speaker: "talk-0", source: "joined", licence: "",
        duration: Double(samples.count) / Double(VoiceFrame.sampleRate), split: "validate")
      streams.append(Clip(recording: recording, samples: samples, sound: 0..<samples.count))
      samples = []
    }
    for sentence in sentences {
      var said = sentence.samples
      SoundEffects.normalise(&said, to: SoundEffects.amplitude(decibels: random.uniform(in: -24...(-6))))
      samples += [Float](repeating: 0, count: Int(random.uniform(in: 0.3...1) * Float(VoiceFrame.sampleRate)))
      samples += said
      if samples.count >= length { close() }
    }
    close()
    return clips.filter { !$0.isTalk }
      + streams.map { stream in
        let noise = NoiseMaker.white(stream.samples.count, &random)
        let hiss = SoundEffects.amplitude(decibels: random.uniform(in: -80...(-60)))
        return Clip(
          recording: stream.recording, samples: zip(stream.samples, noise).map { $0 + hiss * $1 }, sound: stream.sound)
      }
  }
}

extension Clip {
  /// The length of the sound.
  package var seconds: Double { Double(samples.count) / Double(VoiceFrame.sampleRate) }
  package var isTalk: Bool { recording.isTalk(seconds: seconds) }
}

extension Recording {
  /// Other speech of more than a word or two.
  func isTalk(seconds: Double) -> Bool { label == .speech && seconds > 2.2 }
}
