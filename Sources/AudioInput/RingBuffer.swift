import Synchronization

/// A lock-free queue of fixed capacity between one writing and one reading thread.
///
/// Indices count elements since the beginning and never wrap (at 48 kHz a 64-bit count lasts six million years), so
/// "how much was ever written" is a position in the stream as well. Neither side allocates, waits or locks.
/// A writer that finds too little room writes what fits.
package final class RingBuffer<Element: BitwiseCopyable>: @unchecked Sendable {
  package let capacity: Int
  private let mask: Int
  private let storage: UnsafeMutablePointer<Element>
  private let writeIndex = Atomic<Int>(0)
  private let readIndex = Atomic<Int>(0)

  /// `capacity` is rounded up to a power of two.
  package init(capacity: Int) {
    var size = 1
    while size < capacity { size *= 2 }
    self.capacity = size
    mask = size - 1
    storage = .allocate(capacity: size)
  }

  deinit { storage.deallocate() }

  /// All elements ever written, and ever read. For either thread.
  package var written: Int { writeIndex.load(ordering: .acquiring) }
  package var taken: Int { readIndex.load(ordering: .acquiring) }
  /// The elements that the reader can take now.
  package var count: Int { written - readIndex.load(ordering: .relaxed) }
  /// The elements that the writer can add now.
  package var room: Int { capacity - (writeIndex.load(ordering: .relaxed) - taken) }

  /// For the writing thread. Returns how many elements were written.
  @discardableResult
  package func write(_ elements: UnsafeBufferPointer<Element>) -> Int {
    let start = writeIndex.load(ordering: .relaxed)
    let fits = min(elements.count, capacity - (start - readIndex.load(ordering: .acquiring)))
    guard fits > 0, let source = elements.baseAddress else { return 0 }
    let offset = start & mask
    let first = min(fits, capacity - offset)
    (storage + offset).update(from: source, count: first)
    storage.update(from: source + first, count: fits - first)
    writeIndex.store(start + fits, ordering: .releasing)
    return fits
  }

  /// Writing thread only. Returns false if there is no room.
  @discardableResult
  package func write(_ element: Element) -> Bool {
    let start = writeIndex.load(ordering: .relaxed)
    guard start - readIndex.load(ordering: .acquiring) < capacity else { return false }
    // Not copied as an array of one: that reads a whole stride, and a value on the stack may end before it.
    storage[start & mask] = element
    writeIndex.store(start + 1, ordering: .releasing)
    return true
  }

  /// Reading thread only. Returns how many elements were written to the start of `buffer`.
  package func read(into buffer: UnsafeMutableBufferPointer<Element>) -> Int {
    let start = readIndex.load(ordering: .relaxed)
    let available = min(buffer.count, writeIndex.load(ordering: .acquiring) - start)
    guard available > 0, let destination = buffer.baseAddress else { return 0 }
    let offset = start & mask
    let first = min(available, capacity - offset)
    destination.update(from: storage + offset, count: first)
    (destination + first).update(from: storage, count: available - first)
    readIndex.store(start + available, ordering: .releasing)
    return available
  }

  /// Reading thread only: the oldest element, left where it is.
  package func peek() -> Element? {
    let start = readIndex.load(ordering: .relaxed)
    return writeIndex.load(ordering: .acquiring) > start ? storage[start & mask] : nil
  }

  /// Reading thread only: takes the oldest element away.
  package func skip() {
    let start = readIndex.load(ordering: .relaxed)
    if writeIndex.load(ordering: .acquiring) > start { readIndex.store(start + 1, ordering: .releasing) }
  }
}
