import ArgumentParser

/// The data folders for training or fitting.
struct LearningFolders: ParsableArguments {
  @Option(
    help: ArgumentHelp("A data folder; may be given several times.", valueName: "dir"), completion: .directory)
  var data: [String]

  @Option(
    help: ArgumentHelp(
      "A data folder in which all speech, digits included, counts as other speech; may be given several times.",
      valueName: "dir"), completion: .directory)
  var otherSpeech: [String] = []
}
