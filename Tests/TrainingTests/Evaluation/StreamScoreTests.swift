import Events
import Foundation
import class TestSupport.TemporaryFolder
import Testing
import Training

@Suite struct StreamScoreTests {
  static let truth = """
    {"minutes": 1, "rate": 16000, "snr": 20, "seed": 1, "said": [
     {"label": "7", "speaker": "a", "path": "a.wav", "start_ms": 1000.0, "end_ms": 1400.5},
     {"label": "3", "speaker": "a", "path": "b.wav", "start_ms": 2000.0, "end_ms": 2800.0},
     {"label": "speech", "speaker": "b", "path": "c.wav", "start_ms": 4000.0, "end_ms": 4600.0},
     {"label": "6", "speaker": "b", "path": "d.wav", "start_ms": 5000.0, "end_ms": 5300.25},
     {"label": "1", "speaker": "b", "path": "e.wav", "start_ms": 5450.0, "end_ms": 5800.0},
     {"label": "0", "speaker": "b", "path": "f.wav", "start_ms": 7000.0, "end_ms": 7300.0},
     {"label": "speech", "speaker": "b", "path": "g.wav", "start_ms": 9000.0, "end_ms": 9600.0},
     {"label": "9", "speaker": "b", "path": "h.wav", "start_ms": 11000.0, "end_ms": 11333.0}]}
    """

  static func transcript(_ digit: Int, _ start: Int, _ end: Int, decided: Int) -> Event.Transcript {
    Event.Transcript(
      guess: Event.Guess(text: "", digit: digit, confidence: 1, probabilities: []), spoken: "",
      timing: Event.Timing(startMs: start, endMs: end, decidedMs: decided, computeMs: 1))
  }

  static let transcripts = [
    transcript(7, 1010, 1390, decided: 1460), transcript(3, 2000, 2700, decided: 2900),
    transcript(3, 2750, 2800, decided: 2950), transcript(8, 4010, 4300, decided: 4400),
    transcript(8, 4400, 4600, decided: 4700), transcript(6, 5200, 5550, decided: 5600),
    transcript(2, 5460, 5790, decided: 5900), transcript(4, 8000, 8200, decided: 8300),
    transcript(9, 10950, 11320, decided: 11420),
  ]

  @Test func `the figures are those of the other scorer`() throws {
    // Given a recording in which digits are repeated, mistaken, missed, joined and heard where none was said
    let truth = try JSONDecoder().decode(StreamTruth.self, from: Data(Self.truth.utf8))
    let score = StreamScore(truth, Self.transcripts)
    // Then the counts are those of streams.py for these very events
    #expect(score.digits == 6 && score.right == 4 && score.wrong == 1 && score.missed == 1)
    #expect(score.repeated == 1)
    #expect(score.otherWords == 2 && score.otherWordsTakenForDigits == 1 && score.eventsOnNoiseAlone == 2)
    #expect(score.minutes == 1)
    #expect(abs(score.accuracy - 0.6667) < 1e-4)
    #expect(score.latencyMs.p50 == 87 && score.latencyMs.max == 299.75)
    // Half a hundredth may be rounded either way.
    #expect(abs((score.latencyMs.p95 ?? 0) - 278.47) < 0.011)
  }

  @Test func `without transcripts every digit is missed, and there is no latency`() throws {
    let truth = try JSONDecoder().decode(StreamTruth.self, from: Data(Self.truth.utf8))
    let score = StreamScore(truth, [])
    #expect(score.missed == 6 && score.right == 0 && score.latencyMs.p50 == nil)
    let noise = StreamScore(StreamTruth(minutes: 2, said: []), [Self.transcripts[0]])
    #expect(noise.eventsOnNoiseAlone == 1 && noise.accuracy == 0)
  }

  @Test(arguments: [
    #"{"minutes": 1e300, "said": []}"#, #"{"minutes": -1, "said": []}"#,
    #"{"minutes": 1, "said": [{"label": "7", "start_ms": 2, "end_ms": 1}]}"#,
    #"{"minutes": 1, "said": [{"label": "7", "start_ms": 0, "end_ms": 1e18}]}"#,
  ]) func `impossible times in a truth file are an error`(text: String) throws {
    let folder = try TemporaryFolder()
    try Data(text.utf8).write(to: URL(filePath: folder.path("t.json")))
    let bad = #expect(throws: EvaluationError.self) { try StreamTruth(path: folder.path("t.json")) }
    #expect(bad?.description.contains("has an impossible time") == true)
  }

  @Test func `an unreadable truth file is named`() throws {
    let folder = try TemporaryFolder()
    try Data("[1, 2]".utf8).write(to: URL(filePath: folder.path("t.json")))
    let bad = #expect(throws: EvaluationError.self) { try StreamTruth(path: folder.path("t.json")) }
    #expect(bad?.description.contains(folder.path("t.json")) == true)
    let missing = #expect(throws: EvaluationError.self) { try StreamTruth(path: folder.path("none.json")) }
    #expect(missing?.description == "\(folder.path("none.json")) cannot be opened: No such file or directory")
  }

  @Test func `the table has a row for each threshold and marks the model's`() throws {
    let truth = try JSONDecoder().decode(StreamTruth.self, from: Data(Self.truth.utf8))
    let score = StreamScore(truth, Self.transcripts)
    let sweep = StreamSweep(
      name: "kitchen", own: 0.9, rows: [0.5, 0.9, 0.999].map { .init(threshold: $0, score: score) })
    let lines = sweep.text.split(separator: "\n")
    #expect(lines.count == 6 && lines[0] == "kitchen: 1.0 min, 6 digits, 2 other words")
    #expect(sweep.cells.map { $0[0] } == ["0.50", "0.90 *", "0.999"])
    #expect(sweep.cells[1][1...] == ["4/6 66.7 %", "1", "1", "1", "1/2", "2", "87", "278", "300"])
    // Columns stand under their heads.
    #expect(Set(lines[1...4].map(\.count)).count == 1)
  }
}
