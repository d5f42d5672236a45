/// Numbers aligned to 64 bytes, a cache line, for the kernels.
final class AlignedBuffer<Element: Numeric & BitwiseCopyable> {
  let count: Int
  let pointer: UnsafeMutablePointer<Element>
  private let raw: UnsafeMutableRawPointer

  init(count: Int, repeating value: Element = 0) {
    self.count = count
    raw = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
    pointer = raw.bindMemory(to: Element.self, capacity: count)
    pointer.initialize(repeating: value, count: count)
  }

  deinit { raw.deallocate() }
}

typealias AlignedFloats = AlignedBuffer<Float>
