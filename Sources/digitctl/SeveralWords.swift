import AudioInput
import Recognition
import VoiceActivity

/// Whether a recording that was heard as one word holds several, so that whoever gave it can be told of `--split`.
struct SeveralWords {
  let recognizer: Recognizer

  /// Two words hardly fit into less, and most recordings of one word are shorter: they are not looked at, for speed.
  private static let shortest = AudioConditioner.outputRate * 3 / 2

  /// - Parameter samples: 8 kHz mono, conditioned.
  func areHeard(in samples: [Float]) -> Bool {
    guard samples.count >= Self.shortest else { return false }
    return samples.withUnsafeBufferPointer { Self.hasPauses($0) && hasDigits($0) }
  }

  /// Whether sound begins more than once, by its level alone: what costs next to nothing rules out most recordings.
  private static func hasPauses(_ samples: UnsafeBufferPointer<Float>) -> Bool {
    var detector = VoiceActivityDetector()
    var words = 0
    for start in stride(from: 0, to: samples.count, by: VoiceFrame.length) {
      let frame = samples[start..<min(samples.count, start + VoiceFrame.length)]
      let actions = detector.process(level: VoiceFrame.level(of: UnsafeBufferPointer(rebasing: frame)))
      words += actions.count { if case .wordStarted = $0 { true } else { false } }
      if words > 1 { return true }
    }
    return false
  }

  /// Whether the daemon would tell more than one digit: a breath or a click beside the word is none.
  private func hasDigits(_ samples: UnsafeBufferPointer<Float>) -> Bool {
    let listener = Listener(recognizer: recognizer)
    var digits = 0
    func note(_ event: ListenerEvent) { if case .transcript = event { digits += 1 } }
    // A second at a time: nothing need be heard after the second digit.
    for start in stride(from: 0, to: samples.count, by: AudioConditioner.outputRate) {
      let end = min(samples.count, start + AudioConditioner.outputRate)
      let ms = Double(end) * 1000 / Double(AudioConditioner.outputRate)
      listener.process(UnsafeBufferPointer(rebasing: samples[start..<end]), inputMs: ms, emit: note)
      if digits > 1 { return true }
    }
    listener.finish(emit: note)
    return digits > 1
  }
}
