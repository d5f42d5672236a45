/// Floats at an address that is a multiple of 64, a cache line, for the kernels; zero at first.
final class AlignedFloats {
  let count: Int
  let pointer: UnsafeMutablePointer<Float>
  private let raw: UnsafeMutableRawPointer

  init(count: Int) {
    self.count = count
    raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * 4, alignment: 64)
    pointer = raw.bindMemory(to: Float.self, capacity: count)
    pointer.initialize(repeating: 0, count: count)
  }

  deinit { raw.deallocate() }
}
