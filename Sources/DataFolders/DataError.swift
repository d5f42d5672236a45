/// What is wrong with a data folder, in one sentence that names it.
public struct DataError: Error, CustomStringConvertible, Sendable, Equatable {
  public enum Code: Sendable, Equatable {
    case missingFolder, noRecordings, badManifest, unknownSplit, unknownSpeaker, learnedFrom, otherTraining
  }

  public let code: Code
  public let description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
