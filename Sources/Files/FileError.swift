/// Why a file could not be read or written: one sentence that names it.
package struct FileError: Error, Equatable, Sendable, CustomStringConvertible {
  package let path: String
  /// As a predicate: "cannot be opened: Permission denied".
  package let problem: String
  package var description: String { "\(path) \(problem)" }

  package init(path: String, problem: String) {
    self.path = path
    self.problem = problem
  }
}
