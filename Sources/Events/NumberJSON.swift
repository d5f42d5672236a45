package import JSON

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
  /// As in a `number` event.
  package var json: JSONValue {
    .object([
      "digit": digit.map(JSONValue.integer) ?? .null, "confidence": .rounded(confidence, 6),
      "start_ms": .integer(startMs), "end_ms": .integer(endMs),
    ])
  }
}
