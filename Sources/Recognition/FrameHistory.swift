import VoiceActivity

/// The latest frames of a stream in one piece of memory: appended at the end, and moved to the front when the end is
/// reached, so that any run of the latest frames can be handed on without a copy. Memory is taken once.
package struct FrameHistory: ~Copyable {
  private let memory: UnsafeMutablePointer<Float>
  private let capacity: Int
  private let kept: Int
  private var count = 0

  /// - Parameter frames: how many of the latest frames are there at any time, once so many have come.
  package init(keeping frames: Int) {
    kept = max(1, frames)
    capacity = 2 * kept
    memory = .allocate(capacity: capacity * VoiceFrame.length)
    memory.initialize(repeating: 0, count: capacity * VoiceFrame.length)
  }

  deinit { memory.deallocate() }

  /// Takes in one frame of `VoiceFrame.length` samples.
  package mutating func append(_ frame: UnsafeBufferPointer<Float>) {
    guard let source = frame.baseAddress, frame.count == VoiceFrame.length else { return }
    if count == capacity {
      memory.update(from: memory + (capacity - kept + 1) * VoiceFrame.length, count: (kept - 1) * VoiceFrame.length)
      count = kept - 1
    }
    (memory + count * VoiceFrame.length).update(from: source, count: VoiceFrame.length)
    count += 1
  }

  /// The frames from `age` to `endAge` frames ago, 0 being after the latest, as far as they are there; valid until the
  /// next `append`.
  package borrowing func frames(fromAge age: Int, toAge endAge: Int = 0) -> UnsafeBufferPointer<Float> {
    let start = max(0, count - min(age, kept))
    let end = max(start, count - max(0, endAge))
    return UnsafeBufferPointer(
      start: memory + start * VoiceFrame.length, count: (end - start) * VoiceFrame.length)
  }

  /// All frames that are kept, the oldest first; valid until the next `append`.
  package borrowing func latest() -> UnsafeBufferPointer<Float> { frames(fromAge: kept) }
}
