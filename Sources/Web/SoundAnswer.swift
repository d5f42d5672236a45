import Events
import JSON

/// What is answered for one recording.
struct SoundAnswer: Sendable, Equatable {
  var guess: Event.Guess
  /// Why it was rejected; nil for a digit.
  var reason: Event.NotDetected.Reason?
  /// How long the part that was looked at is, in seconds.
  var duration: Double
  /// Where the sound lies in it, in seconds from the recording's beginning; nil if it holds none.
  var utterance: ClosedRange<Double>?
  /// What recognising it took, in ms of wall time.
  var computeMs: Double
  /// Sentences about what was odd in the file and heard all the same.
  var warnings: [String] = []

  var object: JSONObject {
    var object: JSONObject = [:]
    if let reason {
      object["digit"] = .null
      object["reason"] = .string(reason.rawValue)
      object["best_guess"] = .integer(guess.digit)
    } else {
      object["digit"] = .integer(guess.digit)
      object["text"] = .string(guess.text)
    }
    object["confidence"] = .rounded(guess.confidence, 6)
    object["probabilities"] = .array(guess.probabilities.map { .rounded($0, 6) })
    object["duration_s"] = .rounded(duration, 4)
    if let utterance {
      object["utterance"] = .object([
        "start_s": .rounded(utterance.lowerBound, 3), "end_s": .rounded(utterance.upperBound, 3),
      ])
    }
    object["compute_ms"] = .rounded(computeMs, 3)
    if !warnings.isEmpty { object["warnings"] = .array(warnings.map { .string($0) }) }
    return object
  }
}
