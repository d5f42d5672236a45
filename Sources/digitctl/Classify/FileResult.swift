package import Events
import Files
import JSON
import Wording

/// The result for one file, or for one word in it, as text, JSON and CSV.
package struct FileResult: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    /// All digits in the recording, and the guess of the only or loudest one.
    case number(Event.Number, Event.Guess)
    /// One word of it.
    case digit(Event.Guess)
    /// Rejected, with the reason and the likeliest digit, if there is one.
    case rejected(Event.NotDetected.Reason, Event.Guess?)
    /// It contains no words.
    case noSpeech
    /// It could not be read: one sentence that names the file.
    case failed(String)
  }

  /// A part of a recording, in seconds from its beginning.
  package struct Span: Sendable, Equatable {
    package var start: Double
    package var end: Double

    package init(start: Double, end: Double) {
      self.start = start
      self.end = end
    }
  }

  package var path: String
  package var outcome: Outcome
  /// Where the word lies, if the recording was cut into words.
  package var span: Span?

  package init(path: String, outcome: Outcome, span: Span? = nil) {
    self.path = path
    self.outcome = outcome
    self.span = span
  }

  /// A line for a person.
  package var text: String {
    let place = span.map { " \(decimal($0.start, 2))–\(decimal($0.end, 2)) s" } ?? ""
    let name = printable(path) + place
    switch outcome {
    case .number(let number, _):
      return "\(name): \(number.shownDigits) (\(number.isComplete ? percent(number.confidence) : "not all understood"))"
    case .digit(let guess): return "\(name): \(guess.digit) (\(percent(guess.confidence)))"
    case .rejected(let reason, let guess?):
      return "\(name): no digit (\(reason.rawValue); best guess \(guess.digit), \(percent(guess.confidence)))"
    case .rejected(let reason, nil): return "\(name): no digit (\(reason.rawValue))"
    case .noSpeech: return "\(name): no speech"
    case .failed(let sentence): return "\(name): error: \(printable(withoutName(sentence)))"
    }
  }

  /// Removes the file's name from the beginning of a sentence, because the line already begins with it.
  private func withoutName(_ sentence: String) -> String {
    if sentence.hasPrefix(path + ": ") { return String(sentence.dropFirst(path.count + 2)) }
    if sentence.hasPrefix(path + " ") { return "it" + sentence.dropFirst(path.count) }
    return sentence
  }

  /// One object. For a recording: `path` (and `path_base64`, its bytes, if it is not UTF-8), `digits` (all of them, ""
  /// if none), `digit` (the only one, null if none or several), `confidence` (that all of it is right, or of the best
  /// guess), `probabilities` (of the only or loudest word, if any was found), `words` and, if there is no digit,
  /// `reason`. For a word in it: `path`, `start_s`, `end_s`, `digit`, `confidence`, `probabilities`, `reason`. Or
  /// `path` and `error`.
  package var json: String {
    var object: JSONObject = ["path": .string(FileName.shown(path))]
    if !FileName.isUTF8(path) { object["path_base64"] = .string(Base64.text(FileName.bytes(path))) }
    if let span {
      object["start_s"] = .rounded(span.start, 3)
      object["end_s"] = .rounded(span.end, 3)
    }
    switch outcome {
    case .number(let number, let guess): object.merge(Event.recordingJSON(number: number, guess: guess))
    case .digit(let guess): object.merge(Self.wordJSON(digit: guess.digit, guess: guess))
    case .rejected(let reason, let guess) where span != nil:
      object.merge(Self.wordJSON(digit: nil, guess: guess))
      object["reason"] = .string(reason.rawValue)
    case .rejected(let reason, let guess):
      object.merge(Event.recordingJSON(rejected: reason.rawValue, guess: guess))
    case .noSpeech: object.merge(Event.recordingJSON(rejected: Self.noSpeech, guess: nil))
    case .failed(let sentence): object["error"] = .string(FileName.shown(sentence))
    }
    return JSONValue.object(object).text
  }

  /// The members for one word of a recording.
  private static func wordJSON(digit: Int?, guess: Event.Guess?) -> JSONObject {
    var object: JSONObject = ["digit": digit.map(JSONValue.integer) ?? .null]
    if let guess {
      object["confidence"] = .rounded(guess.confidence, 6)
      object["probabilities"] = guess.probabilitiesJSON
    }
    return object
  }

  package static func csvHeader(split: Bool = false) -> String {
    (["path"] + (split ? ["start_s", "end_s"] : ["digits"]) + ["digit", "confidence", "reason"]
      + (0...9).map { "p\($0)" } + ["error"]).joined(separator: ",")
  }

  /// A record with the columns of `csvHeader` (RFC 4180, except for the line end). A path is written byte for byte: see
  /// `FileName`.
  package func csv(split: Bool = false) -> String {
    func fields(
      digits: String = "", digit: Int? = nil, confidence: Double? = nil, reason: String = "", guess: Event.Guess? = nil,
      error: String = ""
    ) -> [String] {
      let shares = guess.map { $0.probabilities.map { decimal($0, 6) } } ?? [String](repeating: "", count: 10)
      return (split ? span.map { [decimal($0.start, 3), decimal($0.end, 3)] } ?? ["", ""] : [digits])
        + [digit.map { "\($0)" } ?? "", confidence.map { decimal($0, 6) } ?? "", reason] + shares + [error]
    }
    let values =
      switch outcome {
      case .number(let number, let guess):
        fields(digits: number.digits, digit: number.onlyDigit, confidence: number.confidence, guess: guess)
      case .digit(let guess):
        fields(digits: "\(guess.digit)", digit: guess.digit, confidence: guess.confidence, guess: guess)
      case .rejected(let reason, let guess):
        fields(confidence: guess?.confidence, reason: reason.rawValue, guess: guess)
      case .noSpeech: fields(reason: Self.noSpeech)
      case .failed(let sentence): fields(error: sentence)
      }
    return ([path] + values).map(Self.quoted).joined(separator: ",")
  }

  private static let noSpeech = "no-speech"

  private static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
