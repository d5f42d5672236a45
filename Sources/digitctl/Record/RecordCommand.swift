import ArgumentParser
import AudioInput
import CommandSupport
import DigitNetwork
import Files
import Recognition
import Wording

struct Record: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Record your own digits, one by one, as a folder to adapt a model with.",
    discussion: """
      It names a digit, listens, and checks what it heard: too quiet, clipped, noisy, more than one word, \
      or not what was asked for. Good takes are saved in the folder, with a manifest.csv. Type s and Enter to skip a \
      word, b and Enter to go back to the one before, q and Enter to stop; the same command goes on where it stopped. \
      Then: digitctl train --from-model MODEL --data FOLDER --output MINE.
      """)

  @Argument(help: ArgumentHelp("The folder to record into.", valueName: "folder"), completion: .directory)
  var folder: String

  @Option(help: ArgumentHelp("Who speaks (default: your login name, - for each _).", valueName: "name"))
  var speaker: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many recordings of each digit to have, with those in the folder.", valueName: "n"))
  var takes = 6

  @Option(
    help: ArgumentHelp(
      "Ask for these digits, in this order, with commas between, whatever the folder has.", valueName: "list"))
  var digits: String?

  @OptionGroup var sound: SourceOptions

  @OptionGroup var model: ModelOption

  /// How long without a word until a message is shown.
  private static let silenceMs = 8000.0

  private func list() throws -> [Int]? {
    guard let digits else { return nil }
    return try digits.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard word.utf8.count == 1, let digit = Int(word) else {
        throw ValidationError("--digits: “\(word)” is not a digit")
      }
      return digit
    }
  }

  func validate() throws {
    guard (1...100).contains(takes) else { throw ValidationError("--takes is \(takes): it must be 1 to 100") }
    if let speaker, !RecordFolder.isSpeaker(speaker) {
      throw ValidationError(
        "--speaker is “\(speaker)”: it may not be empty, nor hold a slash, comma, quote or underscore")
    }
    _ = try list()
  }

  func run() throws { try StandardOutput.untilClosed(record) }

  private func record() throws {
    let model = try model.load()
    _ = try SoundStream(model: model)
    var folder = try RecordFolder(
      path: folder, speaker: speaker ?? RecordFolder.speaker(login: Environment.current["USER"]),
      language: model.metadata.language, words: model.metadata.labels.digitsByWord)
    let plan = try plan(for: folder)
    guard !plan.isEmpty else {
      try StandardOutput.write(
        line: "\(folder.path) has at least \(counted(takes, "recording")) of each digit by \(folder.speaker); "
          + "--takes asks for more")
      return try StandardOutput.write(line: "Next: \(trainCommand)")
    }
    let source = try sound.open()
    defer { source.stop() }
    try StandardOutput.write(
      line: "\(counted(plan.count, "word")), one at a time, as you would say them to the machine. "
        + "s and Enter skips one, b and Enter goes back, q and Enter ends.")
    let summary = try listen(to: source, plan: plan, model: model, folder: &folder)
    let doubt = summary.doubtful > 0 ? ", \(summary.doubtful) of them unlike what was asked for" : ""
    try StandardOutput.write(line: "\(counted(summary.kept, "recording")) in \(folder.path)\(doubt)")
    let rest = summary.isComplete || digits != nil ? "" : "the same command again, which goes on here; then "
    try StandardOutput.write(line: "Next: \(rest)\(trainCommand)")
    if !summary.isComplete { throw ExitCode.failure }
  }

  /// The words to ask for: those that were listed, else what the folder still lacks.
  private func plan(for folder: RecordFolder) throws -> [Int] {
    if let list = try list() { return list }
    var generator = SystemRandomNumberGenerator()
    let plan = RecordSession.plan(takes: takes, recorded: folder.recorded, using: &generator)
    let done = folder.recorded.reduce(0, +)
    if done > 0, !plan.isEmpty {
      try StandardOutput.write(
        line: "\(folder.path) has \(counted(done, "recording")) by \(folder.speaker) already, which are not asked for "
          + "again")
    }
    return plan
  }

  /// What makes a model of the recordings.
  private var trainCommand: String {
    let named = Environment.current[ModelLocator.variable].flatMap { $0.isEmpty ? nil : $0 }
    var name = folder[...]
    while name.count > 1, name.last == "/" { name.removeLast() }
    return "digitctl train --from-model \(shellWord(model.model ?? named ?? ModelLocator.usualName)) "
      + "--data \(shellWord(folder)) --output \(shellWord("\(name)\(ModelLocator.suffix)"))"
  }

  private func listen(
    to source: any AudioSource, plan: [Int], model: SequenceModel, folder: inout RecordFolder
  ) throws -> RecordSession.Summary {
    let words = model.metadata.latinWords
    var session = RecordSession(plan: plan)
    var cutter: TakeCutter?
    var quietSince = 0.0
    var summary: RecordSession.Summary?
    var keys = RecordKeys()
    func carryOut(_ actions: [RecordSession.Action], _ cut: TakeCutter.Cut? = nil) throws {
      for action in actions {
        switch action {
        case .ask(let prompt): try show(prompt, word: words[prompt.digit])
        case .reject(let problem): try StandardOutput.write(line: "     \(problem.sentence(words: words))")
        case .keep(let digit, let doubt):
          guard let cut, let rate = cutter?.sampleRate else { continue }
          let file = try folder.add(cut.samples, sampleRate: rate, digit: digit)
          let heard = doubt.map { $0.remark(words: words) } ?? percent(cut.take.confidence)
          try StandardOutput.write(
            line: "     \(file): \(decimal(cut.take.seconds, 2)) s, \(decimal(cut.take.levelDBFS, 0)) dBFS, \(heard)")
        case .forgetLast: try folder.removeLast()
        case .finish(let end): summary = end
        }
      }
    }
    let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: 8192)
    buffer.initialize(repeating: 0)
    defer { buffer.deallocate() }
    try carryOut(session.start())
    while summary == nil {
      for input in keys.read() {
        cutter?.forgetSpeech()
        try carryOut(session.receive(input))
      }
      switch try source.read(into: buffer, timeoutMilliseconds: 100) {
      case .format(let rate):
        cutter = try TakeCutter(model: model, sampleRate: rate)
        quietSince = 0
      case .samples(let count):
        guard let cut = try cutter?.process(UnsafeBufferPointer(rebasing: buffer[..<count])) else { break }
        quietSince = cutter?.milliseconds ?? 0
        try carryOut(session.receive(.take(cut.take)), cut)
      case .lost:
        // A word across a gap is not a take.
        if let rate = cutter?.sampleRate { cutter = try TakeCutter(model: model, sampleRate: rate) }
        quietSince = 0
      case .device(_, _, let detail): if let detail { printError(detail) }
      case .channels(let finding): printError(finding.sentence)
      case .idle, .late: break
      case .end: try carryOut(session.receive(.quit))
      }
      if let now = cutter?.milliseconds, now - quietSince > Self.silenceMs {
        quietSince = now
        try carryOut(session.receive(.silence))
      }
    }
    return summary ?? RecordSession.Summary()
  }

  private func show(_ prompt: RecordSession.Prompt, word: String) throws {
    let word = StandardOutput.isTerminal ? "\u{1B}[1m\(word)\u{1B}[0m" : word
    try StandardOutput.write(line: "\(rightAligned("\(prompt.number)", 3)) of \(prompt.total)  say \(word)")
  }
}
