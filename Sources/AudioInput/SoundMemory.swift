import CSndFile
import Glibc

/// Bytes that libsndfile reads as a file (its virtual input; they are never written).
final class SoundMemory {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// - Returns: a handle that reads from here; this object must outlive it.
  func open(_ info: inout SF_INFO) -> OpaquePointer? {
    var calls = SF_VIRTUAL_IO(
      get_filelen: { SoundMemory.at($0).map { sf_count_t($0.bytes.count) } ?? 0 },
      seek: { SoundMemory.at($2)?.seek(by: $0, whence: $1) ?? -1 },
      read: { SoundMemory.at($2)?.read(into: $0, count: $1) ?? 0 },
      write: { _, _, _ in 0 },
      tell: { SoundMemory.at($0).map { sf_count_t($0.position) } ?? 0 })
    return sf_open_virtual(&calls, CInt(SFM_READ), &info, Unmanaged.passUnretained(self).toOpaque())
  }

  private static func at(_ pointer: UnsafeMutableRawPointer?) -> SoundMemory? {
    pointer.map { Unmanaged<SoundMemory>.fromOpaque($0).takeUnretainedValue() }
  }

  private func seek(by offset: sf_count_t, whence: CInt) -> sf_count_t {
    let origin =
      switch whence {
      case SEEK_CUR: position
      case SEEK_END: bytes.count
      default: 0
      }
    let (target, overflows) = origin.addingReportingOverflow(Int(offset))
    guard !overflows, target >= 0 else { return -1 }
    position = min(target, bytes.count)
    return sf_count_t(position)
  }

  private func read(into target: UnsafeMutableRawPointer?, count: sf_count_t) -> sf_count_t {
    let taken = max(0, min(Int(count), bytes.count - position))
    guard let target, taken > 0 else { return 0 }
    bytes.withUnsafeBytes { source in
      if let base = source.baseAddress { target.copyMemory(from: base + position, byteCount: taken) }
    }
    position += taken
    return sf_count_t(taken)
  }
}
