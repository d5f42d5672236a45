import ArgumentParser
import CommandSupport
import DigitNetwork
import Training
import Wording

/// What `train` takes to adapt a model to one voice.
struct AdaptationOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Adapt this model to the voice in --data; nothing is written if that, or anybody else, is recognised worse.",
      valueName: "file"), completion: .file())
  var fromModel: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "With --from-model: other people's recordings to hold it to (default: voices of espeak-ng); may be given several "
        + "times.", valueName: "dir"), completion: .directory)
  var others: [String] = []
}

extension Train {
  /// Adapts `path` to the voice in the data folders.
  func adapt(_ path: String) throws {
    let model = try DigitModel(contentsOf: path)
    let bar = ProgressBar()
    let leftOut = LeftOut(isStrict: strict, bar: bar)
    func read(_ folders: [String], leavingOut: Set<String> = [], _ what: String) throws -> TrainingData {
      let folders = try folders.map { try DataFolder($0) }
      return try TrainingData(
        folders: folders, leavingOut: leavingOut, threads: threads, trouble: leftOut.handler
      ) { done, total in
        bar.show(what, share: Double(done) / Double(max(1, total)), "\(done) of \(total) recordings")
      }
    }
    let voice = try read(data, leavingOut: Set(leaveOut), "reading")
    do { try Adaptation.check(voice: voice) } catch {
      bar.clear()
      throw error
    }
    let others: TrainingData
    if adaptation.others.isEmpty {
      bar.show("asking espeak-ng for other voices", share: 0, "")
      let made = try OtherVoices()
      others = try withExtendedLifetime(made) { try read([made.folder], "listening to other voices") }
    } else {
      others = try read(adaptation.others, "reading the others")
    }
    leftOut.summarise()
    let adaptation = try Adaptation(of: model, to: voice, beside: others)
    var recipe = Adaptation.recipe
    recipe.seed = seed
    if let epochs { recipe.epochs = epochs }
    bar.end("learning from \(voice.learned.count) recordings of the voice, weighing by \(voice.chosenBy.count)")
    let interrupt = Interrupt()
    let result = try adaptation.run(
      recipe: recipe, threads: threads, name: name == "digits" ? model.metadata.name + "-adapted" : name,
      command: commandLine(recipe),
      report: { progress in
        bar.show(
          "adapting", share: progress.share,
          "\(fixed(progress.training.samplesPerSecond, 0)) samples/s  \(duration(seconds: progress.secondsLeft)) left")
      }, shouldStop: { interrupt.wasRequested })
    bar.clear()
    guard let result else {
      complain("stopped: nothing was written")
      throw ExitCode.failure
    }
    try result.model.write(to: output)
    try StandardOutput.whileRead {
      for line in Self.table(result) { try StandardOutput.write(line: line) }
      try StandardOutput.write(line: "wrote \(output), \(percent(Double(result.share))) of the way from \(path)")
    }
  }

  private static func table(_ result: Adaptation.Result) -> [String] {
    func line(_ what: String, _ before: String, _ after: String) -> String {
      "\(fit(what, 44))\(fit(before, 14))\(after)"
    }
    func digits(_ name: String, _ scores: (before: Adaptation.Score, after: Adaptation.Score)) -> [String] {
      let (before, after) = scores
      return [
        line("\(name): \(before.digits) digits, told and right", "\(before.toldRight)", "\(after.toldRight)"),
        line("  told and wrong", "\(before.toldWrong)", "\(after.toldWrong)"),
        line("  best guess right", "\(before.bestRight)", "\(after.bestRight)"),
        line("  mean loss, nats", fixed(before.loss, 3), fixed(after.loss, 3)),
      ]
    }
    let (before, after) = result.others
    return [line("recordings that were not learned from", "before", "after")] + digits("this voice", result.voice)
      + digits("others", result.others)
      + [line("  \(before.others) other words, taken for digits", "\(before.othersTaken)", "\(after.othersTaken)")]
  }
}
