import AudioInput
import DigitNetwork
import Events
import Recognition

extension Outcome {
  /// Recognises a recording with `SoundStream`, as everything else does.
  ///
  /// - Parameter samples: 8 kHz mono.
  init(_ recording: Recording, _ samples: [Float], heardBy model: SequenceModel) throws {
    let reading = try ClipReading(samples, rate: AudioConditioner.outputRate, model: model)
    let guess =
      if let word = reading.word { word.guess } else { try Event.Guess.forced(samples, model) }
    let rejection = reading.rejection
    let decision: Decision =
      reading.word?.isEmitted == true
      ? .digit(guess) : .rejected(rejection.reason, guess)
    self.init(
      recording: recording,
      recognition: Hypothesis(guess: guess, other: 1 - guess.confidence, decision: decision),
      emitted: reading.number?.words.compactMap(\.digit) ?? [])
  }
}

extension Event.Guess {
  /// The forced choice when no word was found: by the highest probability of each digit in any column.
  fileprivate static func forced(_ samples: [Float], _ model: SequenceModel) throws -> Event.Guess {
    var most = [Double](repeating: 1e-9, count: 10)
    let reader = try SpeechReader(model)
    func take(_ output: SpeechReader.Output) {
      guard case .column(let scores, _) = output else { return }
      for (label, word) in model.metadata.labels.enumerated() {
        most[word.digit] = max(most[word.digit], scores.probability(of: label))
      }
    }
    samples.withUnsafeBufferPointer { reader.process($0, emit: take) }
    reader.finish(emit: take)
    let sum = most.reduce(0, +)
    let digit = most.indices.max { most[$0] < most[$1] } ?? 0
    return Event.Guess(
      text: model.metadata.words[digit], digit: digit, confidence: 0, probabilities: most.map { $0 / sum })
  }
}
