import CSndFile

/// A growing file in memory, as libsndfile's virtual output.
final class MemoryFile {
  private(set) var bytes: [UInt8] = []
  private var position = 0

  init(capacity: Int) { bytes.reserveCapacity(capacity) }

  /// - Returns: a handle that writes to here; this object must outlive it.
  func open(_ info: inout SF_INFO) -> OpaquePointer? {
    var calls = SF_VIRTUAL_IO(
      get_filelen: { MemoryFile.at($0).map { sf_count_t($0.bytes.count) } ?? 0 },
      seek: { MemoryFile.at($2)?.seek(by: $0, whence: $1) ?? -1 },
      read: { _, _, _ in 0 },
      write: { MemoryFile.at($2)?.write($0, count: $1) ?? 0 },
      tell: { MemoryFile.at($0).map { sf_count_t($0.position) } ?? 0 })
    return sf_open_virtual(&calls, CInt(SFM_WRITE), &info, Unmanaged.passUnretained(self).toOpaque())
  }

  private static func at(_ pointer: UnsafeMutableRawPointer?) -> MemoryFile? {
    pointer.map { Unmanaged<MemoryFile>.fromOpaque($0).takeUnretainedValue() }
  }

  private func seek(by offset: sf_count_t, whence: CInt) -> sf_count_t {
    // What is written beyond the end would leave a hole.
    guard let target = SoundLibrary.target(offset, whence, from: position, count: bytes.count), target <= bytes.count
    else { return -1 }
    position = target
    return sf_count_t(position)
  }

  /// Overwrites what lies at the position, and appends what goes beyond the end.
  private func write(_ source: UnsafeRawPointer?, count: sf_count_t) -> sf_count_t {
    guard let source, count > 0 else { return 0 }
    let end = min(position + Int(count), bytes.count)
    bytes.replaceSubrange(position..<end, with: UnsafeRawBufferPointer(start: source, count: Int(count)))
    position += Int(count)
    return count
  }
}
