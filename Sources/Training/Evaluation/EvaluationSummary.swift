import Events
import Recognition
import Wording

/// The figures of an evaluation, as `digitlab evaluate --json` prints them.
package struct EvaluationSummary: Codable, Sendable {
  package struct Acceptance: Codable, Sendable {
    package var total: Int
    package var accepted: Int
    /// The share that was accepted, 0…1.
    package var rate: Double
  }

  /// The share of digits whose best guess of the ten is right, whether or not it was rejected.
  package var accuracy: Double
  package var right: Int
  package var total: Int
  /// Digits that were emitted correctly: what a user sees.
  package var acceptedRight: Int
  package var acceptedWrong: Int
  package var rejected: Int
  package var perDigit: [String: ClassificationReport.Score]
  package var macroAverage: ClassificationReport.Score
  package var weightedAverage: ClassificationReport.Score
  /// `confusion[said][heard]`.
  package var confusion: [[Int]]
  /// Expected calibration error of the confidence of digits, in ten bins (Guo et al., 2017).
  package var expectedCalibrationError: Double
  /// False accepts in recordings of other speech and of noise.
  package var speech: Acceptance?
  package var noise: Acceptance?

  enum CodingKeys: String, CodingKey {
    case accuracy, right, total, confusion, rejected, speech, noise
    case acceptedRight = "accepted_right"
    case acceptedWrong = "accepted_wrong"
    case perDigit = "per_digit"
    case macroAverage = "macro_average"
    case weightedAverage = "weighted_average"
    case expectedCalibrationError = "expected_calibration_error"
  }

  package init(_ outcomes: [Outcome]) {
    let report = Evaluator.report(outcomes)
    accuracy = report.accuracy
    right = report.right
    total = report.total
    perDigit = Dictionary(uniqueKeysWithValues: (0..<10).map { ("\($0)", report.score(of: $0)) })
    macroAverage = report.macroAverage
    weightedAverage = report.weightedAverage
    confusion = report.confusion
    (acceptedRight, acceptedWrong, rejected) = (0, 0, 0)
    var answers: [Reliability.Answer] = []
    for outcome in outcomes {
      guard case .digit(let said) = outcome.recording.label else { continue }
      switch outcome.emitted {
      case []: rejected += 1
      // Exactly this one digit: one that is emitted twice counts as wrong.
      case [said]: acceptedRight += 1
      default: acceptedWrong += 1
      }
      answers.append(.init(confidence: outcome.recognition.guess.confidence, isRight: outcome.isRight))
    }
    expectedCalibrationError = Reliability(answers).expectedError
    speech = Self.acceptance(outcomes.filter { $0.recording.label == .speech })
    noise = Self.acceptance(outcomes.filter { $0.recording.label == .noise })
  }

  private static func acceptance(_ outcomes: [Outcome]) -> Acceptance? {
    guard !outcomes.isEmpty else { return nil }
    let accepted = outcomes.count(where: \.isEmitted)
    return Acceptance(
      total: outcomes.count, accepted: accepted, rate: Double(accepted) / Double(outcomes.count))
  }

  /// The classification report, the confusion matrix and the accepted counts as text.
  package var text: String {
    var lines: [String] = []
    if total > 0 {
      lines.append(ClassificationReport(confusion: confusion).text(labels: (0...9).map { "\($0)" }))
      lines.append("")
      lines.append("best guess correct  \(right) of \(total) (\(percent(accuracy, 2)))")
      lines.append("emitted             \(acceptedRight) correct, \(acceptedWrong) wrong; rejected \(rejected)")
      lines.append("calibration error   \(decimal(expectedCalibrationError, 3))")
    }
    for (name, acceptance) in [("other speech", speech), ("noise", noise)] {
      guard let acceptance else { continue }
      lines.append(
        "false accepts       \(acceptance.accepted) of \(acceptance.total) (\(percent(acceptance.rate, 1))) in \(name)"
      )
    }
    return lines.joined(separator: "\n")
  }
}
