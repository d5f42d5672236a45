import Testing
import Web

@Suite struct ConnectionTableTests {
  /// A table of so many that is full.
  private func full(_ limit: Int) -> ConnectionTable {
    var table = ConnectionTable(limit: limit)
    for id in 1...limit { #expect(table.open() == (id, nil)) }
    return table
  }

  @Test func `within the limit no connection is closed`() {
    var table = full(3)
    table.close(2)
    #expect(table.open() == (4, nil))
    #expect(table.count == 3)
  }

  @Test func `one connection too many closes the one that has been idle the longest`() {
    var table = full(3)
    // The first has asked something since, and is idle again; the second is being answered.
    table.begin(1)
    table.end(1)
    table.begin(2)
    #expect(table.open() == (4, 3))
    table.close(3)
    #expect(table.open() == (5, 1))
    table.close(1)
    #expect(table.open() == (6, 4))
  }

  @Test func `where all are busy the new one is closed`() {
    var table = full(2)
    table.begin(1)
    table.begin(2)
    #expect(table.open() == (3, 3))
    table.close(3)
    table.end(2)
    #expect(table.open() == (4, 2))
  }

  @Test func `a connection with two requests is busy until both are answered`() {
    var table = full(1)
    table.begin(1)
    table.begin(1)
    table.end(1)
    #expect(table.open() == (2, 2))
    table.close(2)
    table.end(1)
    #expect(table.open() == (3, 1))
  }

  @Test func `a connection that is closed while busy is forgotten`() {
    var table = full(1)
    table.begin(1)
    table.close(1)
    table.end(1)
    #expect(table.count == 0)
  }
}
