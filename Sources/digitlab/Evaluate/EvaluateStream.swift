import ArgumentParser
import CommandSupport
import DigitNetwork
import FoundationEssentials
import Training
import Wording

/// Options for long recordings with known contents.
struct StreamOptions: ParsableArguments {
  @Option(
    name: .long,
    help: ArgumentHelp(
      "A long recording with known contents; may be given several times.", valueName: "file"), completion: .file())
  var stream: [String] = []

  @Option(
    name: .long,
    help: ArgumentHelp(
      "What is said in it, for each --stream: {\"minutes\": ..., \"said\": [{\"label\", \"start_ms\", \"end_ms\"}, ...]} "
        + "(default: the same name with .json).",
      valueName: "file"), completion: .file())
  var truth: [String] = []

  func validate() throws {
    guard truth.isEmpty || truth.count == stream.count else {
      throw ValidationError(
        "there are \(stream.count) --stream and \(truth.count) --truth: give one --truth for each --stream, or none")
    }
  }

  func sweeps(_ model: SequenceModel, _ bar: ProgressBar) throws -> [StreamSweep] {
    // Reads all truth files before evaluating, so that a wrong name is reported at once.
    let known = try truth.isEmpty ? stream.map(Self.truth(beside:)) : truth.map { try StreamTruth(path: $0) }
    return try zip(stream, known).map { path, truth in
      bar.show("reading", share: 0, path)
      let sound = try StreamedSound(path: path)
      return try StreamSweep.measure(model, sound, name: Self.name(of: path), truth: truth) { share, threshold in
        bar.show("listening", share: share, "\(path), threshold \(decimal(threshold, 3))")
      }
    }
  }

  /// The contents of `path`, from the JSON file of the same name. The error mentions `--truth`, because the user may
  /// not know of this file.
  private static func truth(beside path: String) throws -> StreamTruth {
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? ""
    do { return try StreamTruth(path: folder + name(of: path) + ".json") } catch {
      throw CleanError("\(error); --truth names the file with the contents of \(path)")
    }
  }

  /// A file's name without folder and extension.
  private static func name(of path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    return String(file.lastIndex(of: ".").map { file[..<$0] } ?? file)
  }
}
