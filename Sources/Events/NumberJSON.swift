package import JSON

extension Event {
  /// What was recognised in a recording, as `digitctl classify --json` and the web answer have it: `digits` (all of them,
  /// "" if none), `digit` (the only one, else null), `confidence` (that all of it is right, or of the best guess),
  /// `probabilities` (of the only or loudest word, if any was found), `words`, and `reason` where there is no digit.
  package static func recordingJSON(number: Number, guess: Guess?) -> JSONObject {
    recordingJSON(number: number, guess: guess, confidence: number.confidence)
  }

  package static func recordingJSON(rejected reason: String, guess: Guess?) -> JSONObject {
    var object = recordingJSON(number: nil, guess: guess, confidence: guess?.confidence)
    object["reason"] = .string(reason)
    return object
  }

  private static func recordingJSON(number: Number?, guess: Guess?, confidence: Double?) -> JSONObject {
    var object: JSONObject = [
      "digits": .string(number?.digits ?? ""), "digit": number?.onlyDigit.map(JSONValue.integer) ?? .null,
    ]
    if let confidence { object["confidence"] = .rounded(confidence, 6) }
    if let guess { object["probabilities"] = guess.probabilitiesJSON }
    object["words"] = .array(number?.words.map(\.json) ?? [])
    return object
  }
}

extension Event.Guess {
  /// The ten, rounded to six decimals.
  package var probabilitiesJSON: JSONValue { .array(probabilities.map { .rounded($0, 6) }) }
}

extension Event.Number {
  /// The digit, if it is the only word.
  package var onlyDigit: Int? { words.count == 1 ? words.first?.digit : nil }

  /// The same with all times this much later, in ms.
  package func later(by ms: Int) -> Event.Number {
    var number = self
    number.words = words.map {
      Word(digit: $0.digit, confidence: $0.confidence, startMs: $0.startMs + ms, endMs: $0.endMs + ms)
    }
    (number.startMs, number.endMs, number.decidedMs) = (startMs + ms, endMs + ms, decidedMs + ms)
    return number
  }
}

extension Event.Number.Word {
  /// As in a `number` event and in the answers to recordings.
  package var json: JSONValue {
    .object([
      "digit": digit.map(JSONValue.integer) ?? .null, "confidence": .rounded(confidence, 6),
      "start_ms": .integer(startMs), "end_ms": .integer(endMs),
    ])
  }
}
