/// Why something cannot be evaluated, in one sentence that names the file.
public struct EvaluationError: Error, CustomStringConvertible, Sendable, Equatable {
  public let description: String

  public init(_ description: String) { self.description = description }
}
