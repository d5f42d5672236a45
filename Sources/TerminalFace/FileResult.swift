import EventFeed

/// What `classify` says of one file, in its three forms.
public struct FileResult: Sendable, Equatable {
  public enum Outcome: Sendable, Equatable {
    case digit(Guess)
    /// Turned down, and why; the guess is the best of the ten all the same.
    case rejected(reason: String, Guess)
    /// It could not be heard at all: one sentence that names the file.
    case failed(String)
  }

  public struct Guess: Sendable, Equatable {
    public var digit: Int
    /// Calibrated, 0…1.
    public var confidence: Double
    /// Of each of the ten, given that a digit was said.
    public var probabilities: [Double]

    public init(digit: Int, confidence: Double, probabilities: [Double]) {
      self.digit = digit
      self.confidence = confidence
      self.probabilities = probabilities
    }
  }

  public var path: String
  public var outcome: Outcome

  public init(path: String, outcome: Outcome) {
    self.path = path
    self.outcome = outcome
  }

  /// A line for a person.
  public var text: String {
    switch outcome {
    case .digit(let guess): "\(printable(path)): \(guess.digit) (\(percent(guess.confidence)))"
    case .rejected(let reason, let guess):
      "\(printable(path)): no digit (\(reason); best guess \(guess.digit), \(percent(guess.confidence)))"
    case .failed(let sentence): "\(printable(path)): error: \(printable(withoutName(sentence)))"
    }
  }

  /// A sentence may begin with the file's name, as this line does already.
  private func withoutName(_ sentence: String) -> String {
    sentence.hasPrefix(path + ": ") ? String(sentence.dropFirst(path.count + 2)) : sentence
  }

  /// One object: `path`; `digit` (null if turned down), `confidence`, `probabilities` and, if turned down, `reason`;
  /// or `error`.
  public var json: String {
    var object: JSONObject = ["path": .string(path)]
    func add(_ guess: Guess, digit: JSONValue) {
      object["digit"] = digit
      object["confidence"] = .rounded(guess.confidence, 6)
      object["probabilities"] = .array(guess.probabilities.map { .rounded($0, 6) })
    }
    switch outcome {
    case .digit(let guess): add(guess, digit: .integer(guess.digit))
    case .rejected(let reason, let guess):
      add(guess, digit: .null)
      object["reason"] = .string(reason)
    case .failed(let sentence): object["error"] = .string(sentence)
    }
    return JSONValue.object(object).text
  }

  public static let csvHeader =
    (["path", "digit", "confidence", "reason"] + (0...9).map { "p\($0)" } + ["error"]).joined(separator: ",")

  /// A record of the columns of `csvHeader` (RFC 4180, but for the line's end).
  public var csv: String {
    var fields: [String]
    func numbers(_ guess: Guess) -> [String] { guess.probabilities.map { decimal($0, 6) } }
    switch outcome {
    case .digit(let guess):
      fields = ["\(guess.digit)", decimal(guess.confidence, 6), ""] + numbers(guess) + [""]
    case .rejected(let reason, let guess):
      fields = ["", decimal(guess.confidence, 6), reason] + numbers(guess) + [""]
    case .failed(let sentence):
      fields = ["", "", ""] + [String](repeating: "", count: 10) + [sentence]
    }
    return ([path] + fields).map(Self.quoted).joined(separator: ",")
  }

  private static func quoted(_ field: String) -> String {
    guard field.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
