package import DigitNetwork
import VoiceActivity

/// The recordings for training, and those held out for choosing.
package struct TrainingData: Sendable {
  package let learned: [Clip]
  /// Held-out recordings: never trained on; used to fit the verdict and to compare models.
  package let chosenBy: [Clip]

  /// Reads the folders.
  ///
  /// Split `train` is trained on, split `validate` is held out. If no folder has `validate`, as in the published FSDD,
  /// every twentieth recording of `train` is held out instead.
  ///
  /// - Parameters:
  ///   - leavingOut: speakers who are not trained on.
  ///   - trouble: called for each recording with a problem; if it is nil, the first such error is thrown.
  package init(
    folders: [DataFolder], leavingOut: Set<String> = [], threads: Int = 2,
    trouble: ((ClipLoader.Trouble) -> Void)? = nil, progress: (@Sendable (Int, Int) -> Void)? = nil
  ) throws {
    let known = Set(folders.flatMap { $0.recordings.map(\.speaker) })
    if let unknown = leavingOut.subtracting(known).min() {
      throw DataError(
        .unknownSpeaker, "nobody called '\(unknown)' speaks in \(folders.map(\.path).joined(separator: ", "))")
    }
    let persons = Set(folders.flatMap(\.recordings).lazy.filter { leavingOut.contains($0.speaker) }.map(\.person))
    let validates = folders.contains { $0.recordings.contains { $0.split == "validate" } }
    let total = folders.reduce(0) { $0 + $1.recordings.count { $0.split == "train" || $0.split == "validate" } }
    var learned: [Clip] = []
    var chosenBy: [Clip] = []
    var done = 0
    for folder in folders {
      let train = folder.recordings.filter {
        $0.split == "train" && !leavingOut.contains($0.speaker) && !persons.contains($0.person)
      }
      let before = done
      learned += try ClipLoader.load(train, in: folder.path, threads: threads, trouble: trouble) {
        progress?(before + $0, total)
      }
      let validate = folder.recordings.filter { $0.isForFitting && !leavingOut.contains($0.speaker) }
      done += train.count
      let between = done
      chosenBy += try ClipLoader.load(validate, in: folder.path, threads: threads, trouble: trouble) {
        progress?(between + $0, total)
      }
      done += validate.count
    }
    if !validates {
      let spare = learned.indices.filter { $0 % 20 == 10 }
      chosenBy = spare.map { learned[$0] }
      learned = learned.indices.filter { $0 % 20 != 10 }.map { learned[$0] }
    }
    self.learned = learned
    self.chosenBy = chosenBy
  }

  /// The sources for the model's metadata: one entry for each source and split.
  package var sources: [TrainingRecord.Source] {
    let used = learned.filter { if case .sequence = $0.recording.label { false } else { true } }
    return Dictionary(grouping: used) { [$0.recording.source, $0.recording.split] }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .map { key, clips in
        TrainingRecord.Source(
          source: key[0], split: key[1], speakers: Set(clips.map(\.recording.speaker)).sorted(),
          recordings: clips.count,
          seconds: (clips.reduce(0) { $0 + Double($1.samples.count) } * 10 / Double(VoiceFrame.sampleRate)).rounded()
            / 10,
          licence: Set(clips.map(\.recording.licence)).sorted().joined(separator: ", "))
      }
  }
}

extension SequenceModel.Metadata {
  /// - Throws: `DataError.learnedFrom` if the model was trained on the part of the data that one of `recordings`
  ///   belongs to.
  package func refuseLearned(_ recordings: [Recording]) throws(DataError) {
    for source in training.learnedFrom {
      let persons = Set(source.speakers.map { Recording.person($0, in: source.source) })
      if let heard = recordings.first(where: {
        $0.source == source.source && $0.split == source.split && persons.contains($0.person)
      }) {
        throw DataError(
          .learnedFrom,
          "\(heard.path): the model was trained on split '\(heard.split)' of \(heard.source), speaker \(heard.speaker); "
            + "a score on that is meaningless")
      }
    }
  }
}

extension [TrainingRecord.Source] {
  /// These sources, followed by those of `others` that have speakers not yet listed.
  package func adding(_ others: [TrainingRecord.Source]) -> [TrainingRecord.Source] {
    others.reduce(into: self) { all, source in
      let isCovered = all.contains {
        $0.source == source.source && $0.split == source.split && Set($0.speakers).isSuperset(of: source.speakers)
      }
      if !isCovered { all.append(source) }
    }
  }
}
