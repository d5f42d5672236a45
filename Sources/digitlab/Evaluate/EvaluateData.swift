import CommandSupport
import DigitNetwork
import Training

/// The data folders of an evaluation.
struct EvaluationData {
  let folders: [DataFolder]
  let bar: ProgressBar
  let leftOut: LeftOut

  /// - Parameter labels: the model's.
  init(_ paths: [String], labels: [SequenceModel.Label], bar: ProgressBar, isStrict: Bool) throws {
    folders = try paths.map { try DataFolder($0, words: labels.digitsByWord) }
    self.bar = bar
    leftOut = LeftOut(isStrict: isStrict, bar: bar)
  }

  var names: String { folders.map(\.path).joined(separator: ", ") }

  /// The recordings of a split from all folders that have it. A digit in another language than the model's counts as
  /// other speech.
  ///
  /// - Throws: if no folder has the split, it has no such speaker, or `model` was trained on part of it.
  func clips(split: String, speaker: String? = nil, unseenBy model: SequenceModel) throws -> [Clip] {
    var chosen: [(DataFolder, [Recording])] = []
    var problem: DataError?
    for folder in folders {
      do { chosen.append((folder, try folder.split(split))) } catch { problem = problem ?? error }
    }
    if chosen.isEmpty, let problem { throw problem }
    if let speaker {
      chosen = chosen.map { ($0, $1.filter { $0.speaker == speaker }) }
      if chosen.allSatisfy({ $1.isEmpty }) {
        throw CleanError("\(names): nobody called '\(speaker)' in split '\(split)'")
      }
    }
    try model.metadata.refuseLearned(chosen.flatMap { $1 })
    return try load(chosen).map { $0.heard(in: model.metadata.language) }
  }

  /// Whether the split exists and contains other speech.
  func hasSpeech(split: String) -> Bool {
    folders.contains { folder in
      (try? folder.split(split))?.contains { $0.label == .speech } ?? false
    }
  }

  /// All recordings for which `isWanted` returns true; may be empty.
  func clips(where isWanted: (Recording) -> Bool) throws -> [Clip] {
    try load(folders.map { ($0, $0.recordings.filter(isWanted)) })
  }

  private func load(_ chosen: [(DataFolder, [Recording])]) throws -> [Clip] {
    let total = chosen.reduce(0) { $0 + $1.1.count }
    var clips: [Clip] = []
    let bar = bar
    for (folder, recordings) in chosen {
      let before = clips.count
      clips += try ClipLoader.load(recordings, in: folder.path, trouble: leftOut.handler) { done in
        bar.show("reading", share: Double(before + done) / Double(total), "\(before + done) of \(total)")
      }
    }
    return clips
  }
}
