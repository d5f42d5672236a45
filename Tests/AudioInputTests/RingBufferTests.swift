import AudioInput
import Glibc
import Testing

@Suite struct RingBufferTests {
  @Test func `capacity is rounded up to a power of two`() {
    #expect(RingBuffer<Float>(capacity: 1).capacity == 1)
    #expect(RingBuffer<Float>(capacity: 1000).capacity == 1024)
  }

  @Test func `samples that do not fit are left`() {
    let ring = RingBuffer<Float>(capacity: 4)
    let taken = [1, 2, 3, 4, 5, 6].withUnsafeBufferPointer { ring.write($0) }
    #expect(taken == 4)
    #expect(ring.room == 0)
    #expect(!ring.write(7))
    #expect(read(ring, 10) == [1, 2, 3, 4])
    #expect(ring.room == 4)
  }

  @Test func `order is kept across the end of the storage`() {
    let ring = RingBuffer<Float>(capacity: 8)
    var next: Float = 0
    var expected: Float = 0
    for step in 0..<100 {
      for _ in 0..<(step % 5 + 1) where ring.write(next) { next += 1 }
      for value in read(ring, step % 4 + 1) {
        #expect(value == expected)
        expected += 1
      }
    }
    #expect(ring.written - ring.taken == ring.count)
  }

  @Test func `peek leaves samples and skip takes them`() {
    let ring = RingBuffer<Int>(capacity: 4)
    #expect(ring.peek() == nil)
    ring.skip()
    ring.write(5)
    ring.write(6)
    #expect(ring.peek() == 5)
    #expect(ring.peek() == 5)
    ring.skip()
    #expect(ring.peek() == 6)
    #expect(ring.count == 1)
  }

  @Test func `two threads pass every sample in order`() {
    // Given a ring much smaller than what goes through it, and pieces of changing size on both sides
    let ring = RingBuffer<UInt32>(capacity: 1000)
    let total: UInt32 = 2_000_000
    let writer = Background { fill(ring, upTo: total) }
    // When the reader takes all
    var expected: UInt32 = 0
    var inOrder = true
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 701) { buffer in
      buffer.initialize(repeating: 0)
      var size = 1
      while expected < total {
        size = size % 701 + 1
        let got = ring.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<size]))
        for value in buffer[..<got] {
          inOrder = inOrder && value == expected
          expected += 1
        }
        if got == 0 { sched_yield() }
      }
    }
    writer.join()
    // Then nothing is lost, doubled or out of order
    #expect(inOrder)
    #expect(expected == total)
    #expect(ring.count == 0)
  }

  private func read(_ ring: RingBuffer<Float>, _ count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      buffer.initialize(repeating: 0)
      filled = ring.read(into: buffer)
    }
  }
}

/// Writes 0, 1, 2 … into a ring, waiting for room.
private func fill(_ ring: RingBuffer<UInt32>, upTo total: UInt32) {
  var block = [UInt32](repeating: 0, count: 389)
  var next: UInt32 = 0
  var size = 1
  while next < total {
    size = size % block.count + 1
    let count = min(size, Int(total - next), ring.room)
    if count == 0 {
      sched_yield()
      continue
    }
    for i in 0..<count { block[i] = next + UInt32(i) }
    next += UInt32(block.withUnsafeBufferPointer { ring.write(UnsafeBufferPointer(rebasing: $0[..<count])) })
  }
}
