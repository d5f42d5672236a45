import HTTPTypes
import Hummingbird

/// The body of a request, and its share of the memory budget, which is returned when this object is released.
struct RequestBody: Sendable {
  let bytes: [UInt8]
  let share: MemoryBudget.Share
}

extension Request {
  /// Reads the whole body, if it is not too large, arrives in time and fits into the memory budget.
  /// - Throws: `Problem`.
  func bytes(
    atMost limit: Int, within time: Duration, from budget: MemoryBudget, what: String
  ) async throws -> RequestBody {
    func busy() -> Problem {
      Problem(.serviceUnavailable, .busy, "too many recordings at the same time: there is no room for \(what)")
    }
    func tooLarge() -> Problem {
      Problem(.contentTooLarge, .tooLarge, "\(what) is larger than \(limit >> 20) MiB")
    }
    if let length = headers[.contentLength].flatMap(Int.init) {
      if length > limit { throw tooLarge() }
      if length > budget.freeBytes { throw busy() }
    }
    let (body, share) = (body, budget.share())
    return try await withThrowingTaskGroup(of: [UInt8]?.self) { group in
      group.addTask {
        var bytes: [UInt8] = []
        for try await piece in body {
          guard bytes.count + piece.readableBytes <= limit else { throw tooLarge() }
          guard share.grow(by: piece.readableBytes) else { throw busy() }
          bytes.append(contentsOf: piece.readableBytesView)
        }
        return bytes
      }
      group.addTask {
        try await Task.sleep(for: time)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let bytes = first else {
        throw Problem(.requestTimeout, .timeout, "\(what) did not arrive within \(time.components.seconds) s")
      }
      return RequestBody(bytes: bytes, share: share)
    }
  }

  /// `from`, `to` and `model` of the query.
  /// - Throws: `Problem` that names what is wrong.
  func part() throws -> SoundClassifier.Part {
    func seconds(_ name: String) throws -> Double? {
      guard let text = uri.queryParameters[Substring(name)] else { return nil }
      guard let value = Double(text), (0...1e9).contains(value) else {
        throw Problem(.badRequest, .badRequest, "\(name) is “\(text)”: it must be a number of seconds, 0 to 1e9")
      }
      return value
    }
    let part = SoundClassifier.Part(
      from: try seconds("from"), to: try seconds("to"), model: uri.queryParameters["model"].map(String.init))
    if let to = part.to, to <= part.from ?? 0 {
      throw Problem(.badRequest, .badRequest, "to (\(to) s) must lie after from (\(part.from ?? 0) s)")
    }
    return part
  }
}
