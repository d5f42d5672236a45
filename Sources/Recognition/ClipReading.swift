package import DigitNetwork
package import Events

/// Everything recognised in a recording: the sound stream's events, combined.
package struct ClipReading: Sendable, Equatable {
  /// One word of it: an emitted digit, or a rejected one with its best guess.
  package struct Word: Sendable, Equatable {
    package var guess: Event.Guess
    package var timing: Event.Timing
    /// Why it was rejected; nil for an emitted digit.
    package var reason: Event.NotDetected.Reason?

    package var isEmitted: Bool { reason == nil }
  }

  /// Transcripts and rejections, in order of time.
  package let events: [Event]
  /// Every emitted digit, as one number however long the pauses; nil if there is none.
  package let number: Event.Number?
  /// The only or loudest emitted digit; if there is none, the most confident of the rejected ones. Nil if no word was
  /// found.
  package let word: Word?
  /// The length in ms.
  package let milliseconds: Int

  /// - Parameters:
  ///   - samples: mono, −1…1, at `rate` Hz.
  /// - Throws: if the rate is not supported, or FFTW cannot plan the transform.
  package init(_ samples: [Float], rate: Int, model: SequenceModel) throws {
    let reader = try ClipReader(model: model, rate: rate)
    samples.withUnsafeBufferPointer { reader.process($0) }
    self = reader.finish()
  }

  /// - Parameter power: returns the loudness between two times in ms.
  package init(_ collector: Collector, milliseconds: Int, power: (_ startMs: Int, _ endMs: Int) -> Float) {
    events = collector.events
    number = collector.number
    word = Self.word(of: collector.events, power)
    self.milliseconds = milliseconds
  }

  /// The answer to the client that sent the recording: all digits, or the reason why there are none.
  package var answer: Event {
    if let number { .recordingTranscript(Event.RecordingTranscript(number: number)) } else { .notDetected(rejection) }
  }

  /// Why there is no digit: the rejection of the word that came closest, or else of the first sound.
  package var rejection: Event.NotDetected {
    if let word, let reason = word.reason {
      return Event.NotDetected(reason: reason, bestGuess: word.guess, timing: word.timing)
    }
    for case .notDetected(let rejected) in events { return rejected }
    return Event.NotDetected(
      reason: .tooQuiet, bestGuess: nil,
      timing: Event.Timing(startMs: 0, endMs: milliseconds, decidedMs: milliseconds, computeMs: 0))
  }

  private static func word(of events: [Event], _ power: (Int, Int) -> Float) -> Word? {
    var emitted: (word: Word, power: Float)?
    var closest: Word?
    for event in events {
      switch event {
      case .transcript(let transcript):
        let loudness = power(transcript.timing.startMs, transcript.timing.endMs)
        guard loudness > emitted?.power ?? -1 else { continue }
        emitted = (Word(guess: transcript.guess, timing: transcript.timing), loudness)
      case .notDetected(let rejected):
        guard let guess = rejected.bestGuess, guess.confidence > closest?.guess.confidence ?? -1 else { continue }
        closest = Word(guess: guess, timing: rejected.timing, reason: rejected.reason)
      default: continue
      }
    }
    return emitted?.word ?? closest
  }

  /// Collects a stream's events.
  package struct Collector: Sendable {
    package private(set) var events: [Event] = []
    private var numbers: [Event.Number] = []

    package init() {}

    package mutating func take(_ event: Event) {
      switch event {
      case .transcript, .notDetected: events.append(event)
      case .number(let number): numbers.append(number)
      default: break
      }
    }

    /// All numbers joined into one.
    package var number: Event.Number? {
      guard var all = numbers.first else { return nil }
      for next in numbers.dropFirst() {
        all.text += " " + next.text
        all.confidence *= next.confidence
        all.words += next.words
        (all.endMs, all.decidedMs) = (next.endMs, next.decidedMs)
        all.alternatives = []
      }
      return all
    }
  }
}
