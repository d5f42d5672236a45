import ArgumentParser
import AudioInput
import CommandSupport
import DigitNetwork
import Dispatch
import Events
import Files
import FoundationEssentials
import Recognition
import Synchronization
import Wording

struct Classify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say which digits are spoken in each of some recordings.",
    discussion: """
      One line a file, in the order given, with all the digits that are said in it; with --json one object a line: path, \
      digits ("427", "" if none), digit (the one said; null if none or several), confidence, probabilities (of the only or \
      loudest word), words (digit, confidence, start_ms, end_ms; a digit of null is something between digits that was not \
      recognised), reason if there is no digit, or error. Reads WAV, FLAC, Ogg and the other formats of libsndfile, at any \
      rate and with any number of channels. With --split, there is a line for each word of a recording, rejected ones too, \
      with the seconds at which it begins and ends, or one line if it has no words. A truncated or odd file is read as far \
      as possible, with a warning on standard error. If a name is not UTF-8, JSON has its bytes beside it as path_base64; \
      CSV has the bytes themselves. The exit code is 1 if a file could not be read.
      """)

  @Argument(
    help: ArgumentHelp("Recordings, folders of them, or - for a list on standard input.", valueName: "file"),
    completion: .file())
  var files: [String]

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Begin this far into each recording, in seconds.", valueName: "s"))
  var from: Double?

  @Option(parsing: .unconditional, help: ArgumentHelp("End this far into each recording, in seconds.", valueName: "s"))
  var to: Double?

  @Flag(help: "Print a line for every word of each recording.")
  var split = false

  @Option(
    help: ArgumentHelp(
      "Draw each recording into this folder, one SVG each: waveform and mel spectrogram, with the words over them.",
      valueName: "dir"), completion: .directory)
  var picture: String?

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(help: "Comma-separated values with a header.")
  var csv = false

  @OptionGroup var model: ModelOption

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many recordings at once (default: one for each processor).", valueName: "n"))
  var jobs: Int?

  func validate() throws {
    func check(_ seconds: Double?, _ name: String) throws {
      guard let seconds, !(seconds.isFinite && seconds >= 0) else { return }
      throw ValidationError("\(name) is \(seconds): it must be 0 or more seconds")
    }
    try check(from, "--from")
    try check(to, "--to")
    if let to, to <= from ?? 0 {
      throw ValidationError("--to (\(to) s) must lie after --from (\(from ?? 0) s)")
    }
    guard !(json && csv) else { throw ValidationError("--json and --csv exclude each other") }
    if let jobs, jobs < 1 { throw ValidationError("--jobs is \(jobs): it must be 1 or more") }
  }

  func run() throws {
    let model = try model.load()
    if let picture { try Folder.make(picture) }
    try StandardOutput.untilClosed {
      if csv { try StandardOutput.write(line: FileResult.csvHeader(split: split)) }
      let failures = try classify(with: model)
      if failures > 0 {
        printError("\(failures == 1 ? "one recording" : "\(failures) recordings") could not be classified")
        throw ExitCode.failure
      }
    }
  }

  /// - Returns: how many failed.
  private func classify(with model: SequenceModel) throws -> Int {
    // A model that does not fit is one error, before the first file is read.
    _ = try SoundStream(model: model)
    let paths = Mutex((list: SoundPaths(files), taken: 0))
    let total = paths.withLock { $0.list.total }
    let report = Mutex(Report(total: total, isQuiet: StandardOutput.isTerminal))
    let jobs = jobs ?? ProcessInfo.processInfo.activeProcessorCount
    let workers = max(1, min(jobs, total ?? jobs))
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let next = paths.withLock { paths -> (Int, SoundPaths.Item)? in
          guard let item = paths.list.next() else { return nil }
          defer { paths.taken += 1 }
          return (paths.taken, item)
        }
        guard let (index, item) = next else { return }
        let answer = answer(to: item, with: model)
        let goesOn = report.withLock { report in
          for answer in report.order.take(answer, at: index) where report.error == nil { show(answer, &report) }
          return report.error == nil
        }
        if !goesOn { return }
      }
    }
    let end = report.withLock { $0 }
    if let error = end.error { throw error }
    if !end.isQuiet { end.bar.clear() }
    return end.failures
  }

  /// Everything printed for one file.
  private struct Answer {
    var results: [FileResult]
    /// Irregularities of the file.
    var warnings: [String] = []
  }

  private func answer(to item: SoundPaths.Item, with model: SequenceModel) -> Answer {
    switch item {
    case .problem(let path, let sentence):
      return Answer(results: [FileResult(path: path, outcome: .failed(sentence))])
    case .file(let path):
      do {
        let reader = RecordingReader(model: model, keepsSound: picture != nil)
        let heard = try reader.read(path: path, from: from, to: to)
        let whole = heard.whole(path: path)
        if let picture, heard.failure == nil {
          let file = "\(picture)/\(ClassifyPicture.name(for: path))"
          try WholeFile.write(ClassifyPicture(heard, title: whole.text).svg(), to: file)
        }
        return Answer(results: split ? heard.words(path: path) : [whole], warnings: heard.warnings)
      } catch {
        return Answer(results: [FileResult(path: path, outcome: .failed("\(error)"))])
      }
    }
  }

  private func show(_ answer: Answer, _ report: inout Report) {
    report.done += 1
    for result in answer.results where report.error == nil { show(result, &report) }
    for warning in answer.warnings where report.error == nil { printError(printable(warning)) }
    guard !report.isQuiet else { return }
    let share = report.total.map { Double(report.done) / Double(max(1, $0)) } ?? 0
    report.bar.show("classifying", share: share, "\(report.done)" + (report.total.map { " of \($0)" } ?? ""))
  }

  private func show(_ result: FileResult, _ report: inout Report) {
    if case .failed = result.outcome { report.failures += 1 }
    do {
      if csv {
        try StandardOutput.write(FileName.bytes(result.csv(split: split) + "\n"))
      } else {
        try StandardOutput.write(line: json ? result.json : result.text)
      }
    } catch {
      report.error = error
    }
  }

  private struct Report {
    let total: Int?
    /// Whether the lines go to the terminal; then a progress bar would be in the way.
    let isQuiet: Bool
    let bar = ProgressBar()
    var order = InOrder<Answer>()
    var done = 0
    var failures = 0
    /// Why nothing more can be written.
    var error: (any Error)?

    init(total: Int?, isQuiet: Bool) {
      self.total = total
      self.isQuiet = isQuiet
    }
  }
}
