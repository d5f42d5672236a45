import Foundation
import Testing

@Suite(.enabled(if: Command.hasModel, "there is no model in Models/"))
struct EvaluateCommandTests {
  private func object(_ result: Command.Result) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings")) func `a split has its figures`() async throws {
    let result = try await Command.run([
      "evaluate", "--data", Command.data, "--split", "test", "--speaker", "fsdd-theo", "--json",
    ])
    #expect(result.status == 0)
    let figures = try object(result)
    for key in [
      "accuracy", "right", "total", "per_digit", "confusion", "rejected", "accepted_right", "accepted_wrong",
      "macro_average", "weighted_average", "expected_calibration_error",
    ] { #expect(figures[key] != nil, "\(key)") }
    #expect(figures["total"] as? Int == 50)
    #expect((figures["confusion"] as? [[Int]])?.joined().reduce(0, +) == 50)
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings"))
  func `a table of noise is the same for the same seed`()
    async throws
  {
    let arguments = [
      "evaluate", "--data", Command.data, "--speaker", "fsdd-theo", "--noise", "babble", "--snr", "10,0", "--lead-in",
      "0.5", "--json",
    ]
    let (first, second) = (try await Command.run(arguments), try await Command.run(arguments))
    #expect(first.status == 0 && first.output == second.output)
    let table = try object(first)
    #expect(table["snr"] as? [Double] == [10, 0])
    let rows = try #require(table["rows"] as? [[String: Any]])
    #expect(rows.map { $0["noise"] as? String } == ["babble"])
    #expect((rows[0]["accuracy"] as? [Double])?.count == 2)
    let unknown = try await Command.run(["evaluate", "--data", Command.data, "--noise", "moonlight"])
    #expect(
      unknown.status == 1 && unknown.errors.contains("no noise called 'moonlight' (there are: white, pink, babble"))
  }

  @Test func `a long recording is evaluated at each threshold`() async throws {
    try await Command.inFolder { folder in
      // Given a recording of ten digits, and a truth that says nothing was said
      let truth = folder.appending(path: "truth.json")
      try Data(#"{"minutes": 0.5, "said": []}"#.utf8).write(to: truth)
      let recording = Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav").path
      let result = try await Command.run(["evaluate", "--stream", recording, "--truth", truth.path, "--json"])
      // Then each row counts what was told where nothing was
      #expect(result.status == 0)
      let sweeps = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
      #expect(sweeps.count == 1 && sweeps[0]["name"] as? String == "digits")
      let rows = try #require(sweeps[0]["rows"] as? [[String: Any]])
      #expect(rows.count >= 9)
      let told = try rows.map { row in
        let score = try #require(row["score"] as? [String: Any])
        return try #require(score["events_on_noise_alone"] as? Int)
      }
      // The more that is asked for, the less is told.
      #expect(zip(told, told.dropFirst()).allSatisfy { $0 >= $1 } && told.contains { (8...10).contains($0) })
    }
  }

  @Test(.enabled(if: Command.hasData, "there are no recordings")) func `a report is a page and its figures`()
    async throws
  {
    try await Command.inFolder { folder in
      let report = folder.appending(path: "report")
      let result = try await Command.run([
        "evaluate", "--data", Command.data, "--split", "test", "--speaker", "fsdd-theo", "--noise", "white", "--snr",
        "10,0", "--report", report.path,
      ])
      #expect(result.status == 0)
      #expect(result.output.contains("best guess correct"))
      let page = try String(contentsOf: report.appending(path: "index.html"), encoding: .utf8)
      #expect(page.contains("<h2>In noise</h2>") && page.contains("--report \(report.path)"))
      let figures =
        try JSONSerialization.jsonObject(
          with: Data(contentsOf: report.appending(path: "report.json"))) as? [String: Any]
      #expect(figures?["noise"] != nil && figures?["splits"] != nil && figures?["speech"] == nil)
      #expect(FileManager.default.fileExists(atPath: report.appending(path: "noise.svg").path))
    }
  }

  @Test func `digits alone, as in FSDD, make a report`() async throws {
    try await Command.inFolder { folder in
      // Given a folder with two recordings of the test takes, and nothing else
      let recordings = folder.appending(path: "recordings")
      try FileManager.default.createDirectory(at: recordings, withIntermediateDirectories: true)
      for name in ["3_ann_0.wav", "3_ann_1.wav"] {
        try FileManager.default.copyItem(
          at: Command.packageRoot.appending(path: "Tests/Fixtures/digits.wav"), to: recordings.appending(path: name))
      }
      let report = folder.appending(path: "report")
      // When a report is asked for as the README does
      let result = try await Command.run(["evaluate", "--data", recordings.path, "--report", report.path])
      // Then it has what there is, noise that needs no recordings included
      #expect(result.status == 0, "\(result.errors)")
      let page = try String(contentsOf: report.appending(path: "index.html"), encoding: .utf8)
      #expect(page.contains("<h2>In noise</h2>") && !page.contains("<h2>Non-digits</h2>"))
    }
  }

  @Test func `a report that cannot be written is an error before the work`() async throws {
    try await Command.inFolder { folder in
      // Given a recording that cannot be heard, which would be told first if it were read first
      try Data("none".utf8).write(to: folder.appending(path: "3_ann_0.wav"))
      let file = folder.appending(path: "file").path
      try Data().write(to: URL(filePath: file))
      let result = try await Command.run(["evaluate", "--data", folder.path, "--report", file])
      #expect(result.status == 1)
      #expect(result.errors == "Error: \(file) cannot be made a folder: File exists\n")
    }
  }

  @Test(arguments: [
    ([], "--data is needed"), (["--data", "x", "--noise", "white", "--speech"], "exclude each other"),
    (["--data", "x", "--lead-in", "-1"], "--lead-in is -1.0"), (["--data", "x", "--snr", "loud"], "'loud'"),
    (["--stream", "a", "--truth", "b", "--truth", "c"], "give one --truth for each --stream"),
    (["--data", "x", "--threads", "0"], "--threads"),
    (["--data", "x", "--snr", "5"], "--snr goes with --noise"),
    (["--data", "x", "--speech", "--lead-in", "1"], "--lead-out go with --noise"),
    (["--data", "x", "--speech", "--speaker", "ann"], "--speaker does not go with --speech"),
  ]) func `wrong usage has a message and exit code 64`(arguments: [String], words: String) async throws {
    let result = try await Command.run(["evaluate"] + arguments)
    #expect(result.status == 64 && result.errors.contains(words))
    #expect(result.output.isEmpty)
  }

  @Test(arguments: [
    (["--data", "/no/such/folder"], "/no/such/folder"),
    (["--stream", "/no/such.wav"], "/no/such.json cannot be opened: No such file or directory; --truth names"),
  ]) func `a missing file is named`(arguments: [String], words: String) async throws {
    let result = try await Command.run(["evaluate"] + arguments)
    #expect(result.status == 1 && result.errors.contains(words))
  }
}
