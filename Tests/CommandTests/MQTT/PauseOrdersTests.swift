import Synchronization
import Testing
import digitctl

@Suite(.timeLimit(.minutes(1))) struct PauseOrdersTests {
  /// What was begun and ended, in order.
  private final class Book: Sendable {
    let lines = Mutex<[String]>([])

    func write(_ line: String) { lines.withLock { $0.append(line) } }
  }

  private let orders = PauseOrders()
  private let book = Book()

  @Test func `a later command waits for no answer to the one before, and comes after it`() async {
    let (begun, begin) = AsyncStream<Void>.makeStream()
    let carrying = Task { [orders, book] in
      await orders.carryOut { isPaused in
        book.write("begins \(isPaused)")
        begin.yield()
        // An answer that never comes.
        for await _ in AsyncStream<Void>.makeStream().stream {}
        book.write("ends \(isPaused)")
      }
    }
    var beginnings = begun.makeAsyncIterator()
    for isPaused in [false, true] {
      orders.add(isPaused)
      await beginnings.next()
    }
    carrying.cancel()
    await carrying.value
    #expect(book.lines.withLock { $0 } == ["begins false", "ends false", "begins true", "ends true"])
  }

  @Test func `of commands that come at once the latest is carried out`() async {
    let (done, doing) = AsyncStream<Bool>.makeStream()
    for isPaused in [false, true, false, false, true] { orders.add(isPaused) }
    let carrying = Task { [orders] in await orders.carryOut { doing.yield($0) } }
    var results = done.makeAsyncIterator()
    #expect(await results.next() == true)
    carrying.cancel()
    await carrying.value
    doing.finish()
    #expect(await results.next() == nil)
  }
}
