import DigitNetwork
import Events
import Recognition
import SpeechFeatures
import TestSupport
import Testing

@Suite struct EventMappingTests {
  private let mapping = EventMapping(
    model: ModelMetadata(
      name: "m", version: "1", labels: (0...9).map(String.init), architecture: .standard(classes: 10),
      features: FeatureParameters.standard.dictionary,
      calibration: ModelMetadata.Calibration(temperature: 1, minimumScore: 0.5, maximumOther: 0.5, earlyScore: 0.9),
      training: ModelMetadata.Training(learnedFrom: [], seed: 0, epochs: 0, command: "", notes: "")))
  private let guess = Guess(
    digit: 0, score: 0.8, confidence: 0.9, probabilities: [0.91] + Array(repeating: 0.01, count: 9))
  private let utterance = DecidedUtterance(startMs: 100, endMs: 500, decidedMs: 600, computeMs: 1.5)

  @Test func `a digit is told with its word`() {
    guard case .transcript(let transcript) = mapping.event(.transcript(guess, utterance)) else {
      Issue.record("no transcript")
      return
    }
    #expect(transcript.guess.text == "zero" && transcript.spoken == "zero" && transcript.guess.confidence == 0.9)
    #expect(transcript.timing == Event.Timing(startMs: 100, endMs: 500, decidedMs: 600, computeMs: 1.5))
  }

  @Test func `a rejection has its best guess where nobody takes it for a digit`() {
    let event = mapping.event(.notDetected(.unsure, guess, utterance))
    guard case .notDetected(let rejection) = event else {
      Issue.record("no rejection")
      return
    }
    #expect(rejection.reason == .unsure && rejection.bestGuess?.digit == 0)
  }

  @Test func `every reason and condition has the name of the feed`() {
    #expect(
      Set(RejectionReason.allCases.map(Event.NotDetected.Reason.init))
        == [.tooShort, .tooLong, .tooQuiet, .notADigit, .unsure])
    let conditions = SignalCondition.allCases.map { mapping.event(.condition($0, on: true)) }
    #expect(
      conditions
        == [Event.Condition.Name.silent, .clipping].map { .condition(Event.Condition(condition: $0, on: true)) })
  }
}
