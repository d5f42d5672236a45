import ArgumentParser
import CommandSupport
import DataFolders
import DigitNetwork
import Training
import Wording

extension Train {
  /// Adapts a model to the voice in the data folders.
  func adapt(_ model: SequenceModel) throws {
    let bar = ProgressBar()
    let leftOut = LeftOut(isStrict: strict, bar: bar)
    let language = Language.of(model.metadata)
    let voice = try read(folders.data, language, leavingOut: Set(leaveOut), bar, leftOut)
    do { try Adaptation.check(voice: voice) } catch {
      bar.clear()
      throw error
    }
    let held: TrainingData
    if others.isEmpty {
      bar.show("asking espeak-ng for other voices", share: 0, "")
      let made = try OtherVoices(language)
      held = try withExtendedLifetime(made) { try read([made.folder], language, leavingOut: [], bar, leftOut) }
    } else {
      held = try read(others, language, leavingOut: [], bar, leftOut)
    }
    leftOut.summarise()
    let adaptation = try Adaptation(of: model, to: voice, beside: held, alike: language.alike)
    var recipe = Adaptation.recipe
    recipe.seed = seed
    bar.end("training on \(voice.learned.count) recordings of the voice; \(voice.chosenBy.count) are held out")
    let interrupt = Interrupt()
    let result = try adaptation.run(
      recipe: recipe, threads: parallel.threads, name: name ?? model.metadata.name + "-adapted",
      command: commandLine(recipe),
      report: { progress in
        bar.show("adapting", share: Double(progress.step) / Double(progress.steps), progress.line)
      }, shouldStop: { interrupt.wasRequested })
    bar.clear()
    guard let result else {
      printError("stopped: nothing was written")
      throw ExitCode.failure
    }
    try result.model.write(to: output)
    try StandardOutput.untilClosed {
      try StandardOutput.write(line: Self.table(result).text)
      let share = percent(Double(result.share))
      try StandardOutput.write(line: "wrote \(output), \(share) of the way from \(model.metadata.name)")
    }
  }

  private static func table(_ result: Adaptation.Result) -> Table {
    func line(_ what: String, _ before: Int, _ after: Int) -> [String] { [what, "\(before)", "\(after)"] }
    func digits(_ name: String, _ scores: (before: SequenceScore, after: SequenceScore)) -> [[String]] {
      let (before, after) = scores
      return [
        line("\(name): \(before.digits) digits, emitted and correct", before.emittedRight, after.emittedRight),
        line("  emitted and wrong", before.emittedWrong, after.emittedWrong),
        line("  best guess correct", before.bestRight, after.bestRight),
      ]
    }
    let (before, after) = result.others
    return Table(
      header: ["held-out recordings", "before", "after"],
      rows: digits("this voice", result.voice) + digits("others", result.others)
        + [line("  \(before.words) other words, false accepts", before.wordsTaken, after.wordsTaken)],
      alignment: .numbers)
  }
}
