public import DigitNetwork
public import Events

/// All that a recording says: the sound stream's events over it, put together.
public struct ClipReading: Sendable, Equatable {
  /// Transcripts and rejections, in the order of time.
  public let events: [Event]
  /// Every digit told, as one number however long the pauses; nil if there is none.
  public let number: Event.Number?
  /// The length in ms.
  public let milliseconds: Int

  /// - Parameters:
  ///   - samples: mono, −1…1, at `rate` Hz.
  /// - Throws: if the rate cannot be taken, or the model cannot read running speech.
  public init(_ samples: [Float], rate: Int, model: DigitModel) throws {
    let stream = try SoundStream(model: model)
    var collector = Collector()
    try stream.begin(rate: rate) { collector.take($0) }
    samples.withUnsafeBufferPointer { stream.process($0) { collector.take($0) } }
    stream.finish { collector.take($0) }
    self.init(collector, milliseconds: samples.count * 1000 / max(rate, 1))
  }

  package init(_ collector: Collector, milliseconds: Int) {
    events = collector.events
    number = collector.number
    self.milliseconds = milliseconds
  }

  /// The answer to whoever sent the recording: all the digits, or else why there are none.
  public var answer: Event {
    if let number { return .recordingTranscript(Event.RecordingTranscript(number: number)) }
    for case .notDetected(let rejected) in events { return .notDetected(rejected) }
    return .notDetected(
      Event.NotDetected(
        reason: .tooQuiet, bestGuess: nil,
        timing: Event.Timing(startMs: 0, endMs: milliseconds, decidedMs: milliseconds, computeMs: 0)))
  }

  /// The surest word: told, or else what came closest. Nil if no word was found at all.
  public var surest: (guess: Event.Guess, isTold: Bool)? {
    var best: (guess: Event.Guess, isTold: Bool)?
    for event in events {
      switch event {
      case .transcript(let transcript):
        if best?.isTold != true || transcript.guess.confidence > best?.guess.confidence ?? 0 {
          best = (transcript.guess, true)
        }
      case .notDetected(let rejected):
        guard let guess = rejected.bestGuess, best?.isTold != true,
          guess.confidence > best?.guess.confidence ?? -1
        else { continue }
        best = (guess, false)
      default: continue
      }
    }
    return best
  }

  /// Gathers a stream's events; any number of them in any pieces.
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

    /// All numbers as one.
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
