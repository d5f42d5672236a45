/// What is wrong with a data folder, in one sentence that names it.
package struct DataError: Error, CustomStringConvertible, Sendable, Equatable {
  package enum Code: Sendable, Equatable {
    case missingFolder, noRecordings, badManifest, unknownSplit, unknownSpeaker, learnedFrom, otherTraining, badLanguage
  }

  package let code: Code
  package let description: String

  package init(_ code: Code, _ description: String) {
    self.code = code
    self.description = description
  }
}
