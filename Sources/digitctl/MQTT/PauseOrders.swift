/// Orders to pause or resume, carried out one after another. A later one is what somebody wants now: it ends the wait for
/// the outcome of the one before, and takes the place of those that have not begun.
package final class PauseOrders: Sendable {
  private let orders: AsyncStream<Bool>
  private let sender: AsyncStream<Bool>.Continuation

  package init() { (orders, sender) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  package func add(_ isPaused: Bool) { sender.yield(isPaused) }

  /// Carries out what is added, until the task is cancelled. Call it once.
  /// - Parameter order: ends soon after its task is cancelled.
  package func carryOut(_ order: @escaping @Sendable (Bool) async -> Void) async {
    var current: Task<Void, Never>?
    for await isPaused in orders {
      current?.cancel()
      await current?.value
      current = Task { await order(isPaused) }
    }
    current?.cancel()
    await current?.value
  }
}
