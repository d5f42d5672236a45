import DataFolders
import DigitNetwork
import Testing
import Training

import TestSupport

@Suite struct LearnedRecordingsTests {
  @Test func `a model is not scored on people it learned from, even under another name`() throws {
    let source = TrainingRecord.Source(
      source: "fsdd", split: "train", speakers: ["fsdd-george"], recordings: 1, seconds: 1, licence: "")
    var model = try SevenModel.make()
    model.metadata.training.learnedFrom = [source]
    let scratch = try TemporaryFolder()
    for name in ["7_george_10.wav", "7_george_0.wav", "7_theo_10.wav"] { _ = try scratch.file(name, []) }
    let folder = try DataFolder(scratch.path, words: [:])
    #expect(throws: DataError.self) { try model.metadata.refuseLearned(folder.split("train")) }
    try model.metadata.refuseLearned(folder.split("test"))
    try model.metadata.refuseLearned(folder.recordings.filter { $0.speaker == "theo" })
  }
}
