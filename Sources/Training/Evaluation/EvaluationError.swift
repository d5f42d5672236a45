/// Why an evaluation is not possible: one sentence that names the file.
package struct EvaluationError: Error, CustomStringConvertible, Sendable, Equatable {
  package let description: String

  package init(_ description: String) { self.description = description }
}
