import VoiceActivity

/// The latest frames of a stream in contiguous memory. Frames are appended, and moved to the front when the end of the
/// memory is reached, so that any run of recent frames can be passed on without a copy. Memory is allocated once.
package struct FrameHistory: ~Copyable {
  private let memory: UnsafeMutablePointer<Float>
  private let capacity: Int
  private let kept: Int
  private let length: Int
  private var count = 0

  /// - Parameters:
  ///   - frames: how many of the latest frames are kept.
  ///   - length: values per frame.
  package init(keeping frames: Int, length: Int = VoiceFrame.length) {
    self.length = length
    kept = max(1, frames)
    capacity = 2 * kept
    memory = .allocate(capacity: capacity * length)
    memory.initialize(repeating: 0, count: capacity * length)
  }

  deinit { memory.deallocate() }

  /// Appends one frame.
  package mutating func append(_ frame: UnsafeBufferPointer<Float>) {
    guard let source = frame.baseAddress, frame.count == length else { return }
    if count == capacity {
      memory.update(from: memory + (capacity - kept + 1) * length, count: (kept - 1) * length)
      count = kept - 1
    }
    (memory + count * length).update(from: source, count: length)
    count += 1
  }

  /// The latest `age` frames, as far as they are kept. Valid until the next `append`.
  package borrowing func frames(fromAge age: Int) -> UnsafeBufferPointer<Float> {
    let start = max(0, count - min(age, kept))
    return UnsafeBufferPointer(start: memory + start * length, count: (count - start) * length)
  }

  /// All kept frames, the oldest first; valid until the next `append`.
  package borrowing func latest() -> UnsafeBufferPointer<Float> { frames(fromAge: kept) }
}
