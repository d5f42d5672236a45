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
  /// What recognising it took, in ms of wall time.
  var computeMs: Double
  /// What was odd in the file.
  var warnings: [String] = []

  var object: JSONObject {
    var object: JSONObject = [:]
    var confidence: Double?
    if let number = reading.number?.later(by: Int((1000 * origin).rounded())) {
      object["digits"] = .string(number.digits)
      object["digit"] = number.onlyDigit.map(JSONValue.integer) ?? .null
      object["text"] = .string(number.text)
      object["complete"] = .bool(number.isComplete)
      object["words"] = .array(number.words.map(\.json))
      confidence = number.confidence
    } else {
      object["digits"] = ""
      object["digit"] = .null
      object["reason"] = .string(reading.rejection.reason.rawValue)
      object["words"] = .array([])
      if let word = reading.word {
        object["best_guess"] = .integer(word.guess.digit)
        confidence = word.guess.confidence
      }
    }
    if let confidence { object["confidence"] = .rounded(confidence, 6) }
    if let word = reading.word {
      object["probabilities"] = .array(word.guess.probabilities.map { .rounded($0, 6) })
    }
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

  /// Where the digits lie, or else the rejected words; in ms of the part.
  private var sound: (Int, Int)? {
    if let number = reading.number { return (number.startMs, number.endMs) }
    let timings = reading.events.compactMap { event -> Event.Timing? in
      if case .notDetected(let rejected) = event { rejected.timing } else { nil }
    }
    guard let first = timings.first, let last = timings.last else { return nil }
    return (first.startMs, last.endMs)
  }
}
