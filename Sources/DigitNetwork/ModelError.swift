import Files

/// Why a model or its file cannot be used: one sentence that names the file (if there is one) and the field.
package struct ModelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The path as it was given, or nil for a model that did not come from a file.
  package var file: String?
  /// The tensor, metadata entry or part of the file that is wrong.
  package var field: String
  /// What is wrong with it, as a predicate: "has 3 values, not 4".
  package var problem: String

  package init(file: String? = nil, field: String, problem: String) {
    self.file = file
    self.field = field
    self.problem = problem
  }

  package var description: String {
    file.map { "The model file \($0) cannot be used: \(field) \(problem)." }
      ?? "The model cannot be used: \(field) \(problem)."
  }

  /// Runs `work` and turns its file error into a `ModelError` of that file.
  static func ofFile<Result>(_ work: () throws(FileError) -> Result) throws(ModelError) -> Result {
    do throws(FileError) { return try work() } catch {
      throw ModelError(file: error.path, field: "the file", problem: error.problem)
    }
  }

  /// The same error with the file's path.
  func inFile(_ path: String) -> ModelError { ModelError(file: path, field: field, problem: problem) }

  /// Text from a file, made safe for a terminal and a log: short, quoted, control characters replaced.
  static func quote(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(60).map { scalar -> String in
      scalar.properties.generalCategory == .control || scalar.properties.generalCategory == .format
        ? "\u{FFFD}" : String(scalar)
    }
    return "'" + shown.joined() + (text.unicodeScalars.count > 60 ? "…'" : "'")
  }
}
