import JSON
import Wording

/// What `doctor` found.
package struct DoctorReport: Sendable, Equatable {
  package enum Result: Sendable, Equatable {
    case good
    /// Not needed, or could not be checked.
    case note
    /// What to do, in a sentence.
    case failed(advice: String)
  }

  package struct Check: Sendable, Equatable {
    package var subject: String
    package var result: Result
    /// What was found, in a sentence.
    package var sentence: String

    package init(_ subject: String, _ result: Result, _ sentence: String) {
      self.subject = subject
      self.result = result
      self.sentence = sentence
    }
  }

  var checks: [Check]

  init(_ checks: [Check] = []) {
    self.checks = checks
  }

  var failures: Int {
    checks.count { if case .failed = $0.result { true } else { false } }
  }

  /// For a person.
  var text: String {
    let width = checks.map { columns($0.subject) }.max() ?? 0
    return checks.flatMap { check in
      let (mark, advice): (String, String?) =
        switch check.result {
        case .good: ("✓", nil)
        case .note: ("·", nil)
        case .failed(let advice): ("✗", advice)
        }
      let indent = String(repeating: " ", count: width + 4)
      return ["\(mark) \(fit(check.subject, width))  \(printable(check.sentence))"]
        + (advice.map { ["\(indent)→ \(printable($0))"] } ?? [])
    }.joined(separator: "\n")
  }

  /// One object a line.
  var json: String {
    checks.map { check in
      var object: JSONObject = ["check": .string(check.subject)]
      switch check.result {
      case .good: object["result"] = "good"
      case .note: object["result"] = "note"
      case .failed: object["result"] = "failed"
      }
      object["sentence"] = .string(check.sentence)
      if case .failed(let advice) = check.result { object["advice"] = .string(advice) }
      return JSONValue.object(object).text
    }.joined(separator: "\n")
  }
}
