/// The daemon took too long to answer.
package struct NoAnswer: Error, Equatable, CustomStringConvertible {
  package var path: String
  package var description: String { "the daemon at \(path) does not answer" }
}

extension EventClient {
  /// The result of `ask`.
  /// - Throws: `NoAnswer` if that takes longer than `limit`, or the error of `ask`.
  package func answer<R: Sendable>(
    within limit: Duration = .seconds(5), _ ask: @escaping @Sendable (EventClient) async throws -> R
  ) async throws -> R {
    try await withThrowingTaskGroup(of: R?.self) { group in
      group.addTask { try await ask(self) }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let result = first else { throw NoAnswer(path: path) }
      return result
    }
  }
}
