import Events
import Files
import JSON

/// What `classify` says of one file, in its three forms.
public struct FileResult: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    case digit(Event.Guess)
    /// Rejected, and why; the guess is the best of the ten all the same, if one was made.
    case rejected(Event.NotDetected.Reason, Event.Guess?)
    /// It was looked through for words, and there are none.
    case noSpeech
    /// It could not be heard at all: one sentence that names the file.
    case failed(String)
  }

  /// A part of a recording, in seconds from its beginning.
  public struct Span: Sendable, Equatable {
    public var start: Double
    public var end: Double

    public init(start: Double, end: Double) {
      self.start = start
      self.end = end
    }
  }

  public var path: String
  public var outcome: Outcome
  /// Where the word lies, if the recording was cut into words.
  public var span: Span?

  public init(path: String, outcome: Outcome, span: Span? = nil) {
    self.path = path
    self.outcome = outcome
    self.span = span
  }

  /// A line for a person.
  public var text: String {
    let place = span.map { " \(decimal($0.start, 2))–\(decimal($0.end, 2)) s" } ?? ""
    let name = printable(path) + place
    switch outcome {
    case .digit(let guess): return "\(name): \(guess.digit) (\(percent(guess.confidence)))"
    case .rejected(let reason, let guess?):
      return "\(name): no digit (\(reason.rawValue); best guess \(guess.digit), \(percent(guess.confidence)))"
    case .rejected(let reason, nil): return "\(name): no digit (\(reason.rawValue))"
    case .noSpeech: return "\(name): no speech"
    case .failed(let sentence): return "\(name): error: \(printable(withoutName(sentence)))"
    }
  }

  /// A sentence may begin with the file's name, as this line does already.
  private func withoutName(_ sentence: String) -> String {
    if sentence.hasPrefix(path + ": ") { return String(sentence.dropFirst(path.count + 2)) }
    if sentence.hasPrefix(path + " ") { return "it" + sentence.dropFirst(path.count) }
    return sentence
  }

  /// One object: `path` (and `path_base64`, its bytes, where it is no UTF-8), for a word in it `start_s` and `end_s`; `digit` (null if turned down), `confidence`,
  /// `probabilities` and, if turned down, `reason`; or `error`.
  public var json: String {
    var object: JSONObject = ["path": .string(FileName.shown(path))]
    if !FileName.isUTF8(path) { object["path_base64"] = .string(Base64.text(FileName.bytes(path))) }
    if let span {
      object["start_s"] = .rounded(span.start, 3)
      object["end_s"] = .rounded(span.end, 3)
    }
    func add(_ guess: Event.Guess, digit: JSONValue) {
      object["digit"] = digit
      object["confidence"] = .rounded(guess.confidence, 6)
      object["probabilities"] = .array(guess.probabilities.map { .rounded($0, 6) })
    }
    switch outcome {
    case .digit(let guess): add(guess, digit: .integer(guess.digit))
    case .rejected(let reason, let guess):
      if let guess { add(guess, digit: .null) } else { object["digit"] = .null }
      object["reason"] = .string(reason.rawValue)
    case .noSpeech:
      object["digit"] = .null
      object["reason"] = .string(Self.noSpeech)
    case .failed(let sentence): object["error"] = .string(FileName.shown(sentence))
    }
    return JSONValue.object(object).text
  }

  public static func csvHeader(split: Bool = false) -> String {
    (["path"] + (split ? ["start_s", "end_s"] : []) + ["digit", "confidence", "reason"] + (0...9).map { "p\($0)" }
      + ["error"]).joined(separator: ",")
  }

  /// A record of the columns of `csvHeader` (RFC 4180, but for the line's end). A path is written as the bytes that it is: see
  /// `FileName`.
  public func csv(split: Bool = false) -> String {
    let fields: [String]
    let none = [String](repeating: "", count: 10)
    func numbers(_ guess: Event.Guess) -> [String] { guess.probabilities.map { decimal($0, 6) } }
    switch outcome {
    case .digit(let guess):
      fields = ["\(guess.digit)", decimal(guess.confidence, 6), ""] + numbers(guess) + [""]
    case .rejected(let reason, let guess):
      fields =
        ["", guess.map { decimal($0.confidence, 6) } ?? "", reason.rawValue] + (guess.map(numbers) ?? none) + [""]
    case .noSpeech:
      fields = ["", "", Self.noSpeech] + none + [""]
    case .failed(let sentence):
      fields = ["", "", ""] + none + [sentence]
    }
    let place = split ? span.map { [decimal($0.start, 3), decimal($0.end, 3)] } ?? ["", ""] : []
    return ([path] + place + fields).map(Self.quoted).joined(separator: ",")
  }

  private static let noSpeech = "no-speech"

  private static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
