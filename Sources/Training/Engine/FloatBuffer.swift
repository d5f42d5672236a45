/// Numbers at a fixed address, aligned to a cache line and freed with their owner. Several threads write to it side by
/// side and OpenBLAS reads it. An `Array` would check for uniqueness at every write.
package final class FloatBuffer {
  package let count: Int
  package let base: UnsafeMutablePointer<Float>

  /// `count` zeros.
  init(count: Int) {
    self.count = count
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    base = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Float.self, capacity: max(count, 1))
    base.initialize(repeating: 0, count: max(count, 1))
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }

  func fill(_ value: Float) {
    base.update(repeating: value, count: count)
  }

  package var values: [Float] {
    get { Array(UnsafeBufferPointer(start: base, count: count)) }
    set {
      precondition(newValue.count == count, "a buffer of \(count) numbers was given \(newValue.count)")
      newValue.withUnsafeBufferPointer { source in
        if let start = source.baseAddress { base.update(from: start, count: count) }
      }
    }
  }
}
