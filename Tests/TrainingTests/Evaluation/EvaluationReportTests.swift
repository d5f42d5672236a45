import DigitNetwork
import Events
import Files
import Foundation
import Recognition
import SpeechFeatures
import TestSupport
import Testing
import Training

@Suite struct EvaluationReportTests {
  static func outcome(
    _ label: RecordingLabel, guess: Int, confidence: Double, emitted: Bool = true, path: String = "a.wav"
  ) -> Outcome {
    let guess = Event.Guess(
      text: "", digit: guess, confidence: confidence, probabilities: (0..<10).map { $0 == guess ? 0.91 : 0.01 }
    )
    return Outcome(
      recording: Recording(
        path: path, label: label, speaker: "<b>&", source: "s", licence: "", duration: 0, split: "validate"),
      recognition: Hypothesis(
        guess: guess, other: 0.1, decision: emitted ? .digit(guess) : .rejected(.unsure, guess)))
  }

  /// A report with something of everything, by a model that hears seven in everything.
  static func report() throws -> EvaluationReport {
    let model = try SevenModel.make()
    let clips = TinyBank.clips()
    let outcomes = try Evaluator(model: model).outcomes(for: clips)
    var report = EvaluationReport(model: model, command: "digitlab evaluate --data 'a <b>'")
    try report.add([("validate", clips, outcomes)], mistakes: 2)
    report.noise = NoiseTable(
      snr: [20, 0],
      rows: [
        .init(noise: "white", accuracy: [1, 0.5]), .init(noise: "<hiss>", accuracy: [0.9, 0.3], learnedFrom: true),
      ],
      total: 10, seed: 1, margin: .init(before: 0.5))
    let figures = SpeechReport.Figures(
      threshold: 0.5, digits: Proportion(8, of: 10), speech: Proportion(1, of: 20), speechEvents: 2, speechSeconds: 60,
      noiseEvents: 1, noiseSeconds: 60)
    report.speech = SpeechReport(
      own: figures, passing97: nil,
      curves: [
        DetectionCurve(
          name: "other speech",
          points: [0.2, 0.5, 0.9].map { threshold in
            .init(
              threshold: threshold, falseAccepts: Proportion(9 - Int(10 * threshold), of: 20),
              misses: Proportion(Int(10 * threshold), of: 20))
          })
      ])
    let truth = try JSONDecoder().decode(StreamTruth.self, from: Data(StreamScoreTests.truth.utf8))
    report.streams = [
      StreamSweep(
        name: "kitchen/20 dB", own: 0.9,
        rows: [0.5, 0.9].map { .init(threshold: $0, score: StreamScore(truth, StreamScoreTests.transcripts)) })
    ]
    return report
  }

  @Test func `the page stands alone and shows everything`() throws {
    let page = try Self.report().page
    for title in [
      "In short", "Confusion of the digits", "In noise", "Non-digits", "Confidence", "In a long recording",
      "The worst mistakes",
    ] { #expect(page.contains("<h2>\(title)</h2>"), "\(title)") }
    // Nothing is fetched, nothing runs, and no name becomes markup.
    #expect(!page.contains("<script") && !page.contains("<link") && !page.contains("src="))
    #expect(
      !page.contains("http://") || page.replacing("http://www.w3.org/2000/svg", with: "").contains("http://") == false)
    #expect(page.contains("&lt;hiss&gt;") && !page.contains("<hiss>"))
    #expect(page.contains("digitlab evaluate --data &#39;a &lt;b&gt;&#39;"))
    // Every mistake that is shown has its spectrogram.
    let report = try Self.report()
    #expect(!report.mistakes.isEmpty)
    #expect(report.mistakes.allSatisfy { $0.spectrogram.columns > 1 })
    #expect(page.split(separator: "data:image/png;base64,").count - 1 == report.mistakes.count)
    // Tags close.
    for tag in ["section", "table", "figure", "div", "svg"] {
      #expect(page.ranges(of: "<\(tag)").count == page.ranges(of: "</\(tag)>").count, "\(tag)")
    }
  }

  @Test func `files are written, and figures can be read back`() throws {
    let folder = try TemporaryFolder()
    let report = try Self.report()
    try report.write(to: folder.path("report"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("report")).sorted()
    #expect(
      names == [
        "index.html", "noise.svg", "reliability.svg", "report.json", "stream-kitchen-20-dB.svg", "tradeoff.svg",
      ])
    let data = try Data(contentsOf: URL(filePath: folder.path("report/report.json")))
    let read = try JSONDecoder().decode(EvaluationReport.self, from: data)
    #expect(read.noise == report.noise && read.streams == report.streams)
    #expect(read.speech == report.speech)
    #expect(read.splits.map(\.name) == ["validate"])
    let problem = #expect(throws: FileError.self) { try report.write(to: "/proc/none") }
    #expect(problem?.description.hasPrefix("/proc/none") == true)
  }

  @Test func `the same report gives the same bytes`() throws {
    let (first, second) = (try Self.report(), try Self.report())
    #expect(first.page == second.page)
  }

  @Test func `confidence is measured on strangers where there are any`() throws {
    // Given speakers whom the model knows, and is sure of, and others
    let known = [Self.outcome(.digit(1), guess: 1, confidence: 1, path: "known.wav")]
    let strange = [Self.outcome(.digit(2), guess: 3, confidence: 0.6, path: "strange.wav")]
    func heard(_ split: String, _ outcomes: [Outcome]) -> (split: String, clips: [Clip], outcomes: [Outcome]) {
      (split, outcomes.map { Clip(recording: $0.recording, samples: [], sound: 0..<0) }, outcomes)
    }
    let model = try SevenModel.make()
    var (both, alone) = (
      EvaluationReport(model: model, command: ""), EvaluationReport(model: model, command: "")
    )
    try both.add([heard("test", known), heard("validate", strange)])
    try alone.add([heard("test", known)])
    #expect(both.reliability == Reliability(strange))
    #expect(alone.reliability == Reliability(known))
  }

  @Test func `the worst mistakes are the most confident of each kind`() throws {
    // Given answers of which some are wrong
    let outcomes = [
      Self.outcome(.digit(1), guess: 1, confidence: 0.9), Self.outcome(.digit(2), guess: 3, confidence: 0.6),
      Self.outcome(.digit(2), guess: 5, confidence: 0.8, emitted: false),
      Self.outcome(.speech, guess: 4, confidence: 0.7),
      Self.outcome(.speech, guess: 4, confidence: 0.3, emitted: false),
      Self.outcome(.digit(6), guess: 6, confidence: 0.4, emitted: false),
      Self.outcome(.digit(7), guess: 1, confidence: 0.7),
    ].enumerated().map { index, outcome in
      Outcome(
        recording: Recording(
          path: "\(index).wav", label: outcome.recording.label, speaker: "", source: "", licence: "", duration: 0,
          split: ""), recognition: outcome.recognition)
    }
    let clips = outcomes.map { Clip(recording: $0.recording, samples: [], sound: 0..<0) }
    let model = try SevenModel.make()
    var report = EvaluationReport(model: model, command: "")
    // When two of each kind are asked for
    try report.add([("validate", clips, outcomes)], mistakes: 2)
    // Then they are the surest, digits mistaken first
    #expect(report.mistakes.map(\.outcome.recording.path) == ["2.wav", "6.wav", "3.wav", "5.wav"])
    #expect(report.mistakes.map(\.kind) == [.mistaken, .mistaken, .taken, .rejected])
  }
}

@Suite struct ReliabilityTests {
  @Test func `the error is the mean distance between confidence and success`() {
    // Given ten answers at 0.95, of which eight are right, and ten at 0.15, of which two are
    let answers = (0..<20).map { index in
      Reliability.Answer(confidence: index < 10 ? 0.95 : 0.15, isRight: index < 8 || index == 10 || index == 11)
    }
    let reliability = Reliability(answers)
    #expect(reliability.bins[9].count == 10 && reliability.bins[9].rate == 0.8)
    #expect(abs(reliability.bins[1].confidence - 0.15) < 1e-12)
    #expect(abs(reliability.expectedError - (0.15 + 0.05) / 2) < 1e-12)
    #expect(Reliability([.init(confidence: 1, isRight: true)]).bins[9].count == 1)
    #expect(Reliability([Reliability.Answer]()).expectedError == 0)
  }

  @Test func `answers count by their weights`() {
    let reliability = Reliability([
      .init(confidence: 0.5, isRight: true, weight: 3), .init(confidence: 0.54, isRight: false),
      .init(confidence: 0.9, isRight: true, weight: 4),
    ])
    #expect(reliability.bins[5].rate == 0.75 && abs(reliability.bins[5].confidence - 0.51) < 1e-12)
    #expect(abs(reliability.expectedError - (0.24 + 0.1) / 2) < 1e-12)
  }

  @Test func `other speech is never right, and noise does not count`() {
    let outcomes = [
      EvaluationReportTests.outcome(.digit(3), guess: 3, confidence: 0.9),
      EvaluationReportTests.outcome(.speech, guess: 3, confidence: 0.9),
      EvaluationReportTests.outcome(.speech, guess: 3, confidence: 0.9),
      EvaluationReportTests.outcome(.noise, guess: 3, confidence: 0.9),
    ]
    let reliability = Reliability(outcomes)
    #expect(reliability.bins[9].count == 3 && reliability.bins[9].right == 1)
    #expect(abs(reliability.bins[9].rate - 0.5) < 1e-12, "two of other speech count for as much as one digit")
  }
}
