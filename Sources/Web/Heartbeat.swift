import AsyncAlgorithms

/// Writes what `source` sends, and a heartbeat at each interval, until `source` ends; rethrows its error.
package func withHeartbeat<Item: Sendable>(
  every interval: Duration, source: @escaping @Sendable (@escaping @Sendable (Item) async -> Void) async throws -> Void,
  beat: @escaping @Sendable () -> Item, write: (Item) async throws -> Void
) async throws {
  // Waits for a slow reader; the source decides what to drop.
  let channel = AsyncChannel<Item>()
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      // Otherwise the reader would get heartbeats for ever after the source has ended.
      defer { channel.finish() }
      try await source { await channel.send($0) }
    }
    group.addTask {
      while true {
        try await Task.sleep(for: interval)
        await channel.send(beat())
      }
    }
    defer { group.cancelAll() }
    for await item in channel { try await write(item) }
    try Task.checkCancellation()
    // The heartbeat never ends by itself, so the source is the first to end.
    try await group.next()
  }
}
