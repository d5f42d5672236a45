import AsyncAlgorithms

/// Writes what `source` sends, and a beat every so often, for as long as `source` goes on; when it ends, so does this, with
/// its error if it has one.
package func withHeartbeat<Item: Sendable>(
  every interval: Duration, source: @escaping @Sendable (@escaping @Sendable (Item) async -> Void) async throws -> Void,
  beat: @escaping @Sendable () -> Item, write: (Item) async throws -> Void
) async throws {
  // A reader that is slow is waited for: then the source has to see what it does with what is too much.
  let channel = AsyncChannel<Item>()
  try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask {
      // Else whoever reads would wait for ever, with a beat now and then, for what no longer comes.
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
    // The beat goes on by itself: so the first to end is the source.
    try await group.next()
  }
}
