import Events
import JSON
import Recognition

/// The answer for one recording.
struct SoundAnswer: Sendable, Equatable {
  var reading: ClipReading
  /// Where the part that was recognised begins in the recording, in seconds.
  var origin: Double
  /// How long it is, in seconds.
  var duration: Double
  /// How long the recognition took, in ms of wall time.
  var computeMs: Double
  /// The model's name and its language.
  var model: String
  var language: String
  /// What was odd in the file.
  var warnings: [String] = []

  var object: JSONObject {
    var object: JSONObject
    let guess = reading.word?.guess
    if let number = reading.number?.later(by: Int((1000 * origin).rounded())) {
      object = Event.recordingJSON(number: number, guess: guess)
      object["text"] = .string(number.text)
      if let latin = number.latin { object["latin"] = .string(latin) }
      object["complete"] = .bool(number.isComplete)
    } else {
      object = Event.recordingJSON(rejected: reading.rejection.reason.rawValue, guess: guess)
      if let guess {
        object["best_guess"] = .integer(guess.digit)
        object["best_guess_text"] = .string(guess.text)
      }
    }
    object["model"] = .string(model)
    object["language"] = .string(language)
    object["duration_s"] = .rounded(duration, 4)
    if let (start, end) = sound {
      object["utterance"] = .object([
        "start_s": .rounded(origin + Double(start) / 1000, 3), "end_s": .rounded(origin + Double(end) / 1000, 3),
      ])
    }
    object["compute_ms"] = .rounded(computeMs, 3)
    if !warnings.isEmpty { object["warnings"] = .array(warnings.map { .string($0) }) }
    return object
  }

  /// The positions of the digits, or else of the rejected words, in ms from the beginning of the part.
  private var sound: (Int, Int)? {
    if let number = reading.number { return (number.startMs, number.endMs) }
    let timings = reading.events.compactMap { event -> Event.Timing? in
      if case .notDetected(let rejected) = event { rejected.timing } else { nil }
    }
    guard let first = timings.first, let last = timings.last else { return nil }
    return (first.startMs, last.endMs)
  }
}
