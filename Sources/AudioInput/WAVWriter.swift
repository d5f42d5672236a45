import CSndFile
import Files
import Glibc

/// Writes mono 16-bit PCM WAV files with libsndfile.
package enum WAVWriter {
  /// The bytes of a file with `samples`, −1…1, at `sampleRate` Hz. Values beyond are clipped; NaN becomes 0.
  /// - Throws: `unwritable` where libsndfile refuses, as for a rate of 0 Hz.
  package static func encode(_ samples: some Collection<Float>, sampleRate: Int) throws(AudioInputError) -> [UInt8] {
    let memory = MemoryFile(capacity: 44 + samples.count * 2)
    // The file refers to the object without keeping it alive.
    return try withExtendedLifetime(memory) { () throws(AudioInputError) -> [UInt8] in
      var info = SF_INFO()
      info.samplerate = CInt(clamping: sampleRate)
      info.channels = 1
      info.format = CInt(SF_FORMAT_WAV | SF_FORMAT_PCM_16)
      guard let handle = memory.open(&info) else { throw failure(nil) }
      let values = samples.map { sample in
        sample.isFinite ? Int16(clamping: Int((Double(min(2, max(-2, sample))) * 32768).rounded())) : 0
      }
      let written = sf_write_short(handle, values, sf_count_t(values.count))
      guard written == sf_count_t(values.count) else {
        let error = failure(handle)
        sf_close(handle)
        throw error
      }
      // Writes the sizes into the header.
      guard sf_close(handle) == 0 else { throw failure(nil) }
      return memory.bytes
    }
  }

  /// Makes or replaces the file atomically. Only its owner may read it, because it holds speech.
  package static func write(
    _ samples: some Collection<Float>, sampleRate: Int, to path: String
  ) throws(AudioInputError) {
    let bytes = try encode(samples, sampleRate: sampleRate)
    do throws(FileError) {
      try WholeFile.write(bytes, to: path, mode: 0o600)
    } catch {
      throw AudioInputError(.unwritable, error.description)
    }
  }

  private static func failure(_ handle: OpaquePointer?) -> AudioInputError {
    let reason = sf_strerror(handle).map { String(cString: $0) } ?? "unknown error"
    return AudioInputError(.unwritable, "a WAV file cannot be written: \(reason)")
  }
}

/// A growing file in memory, as libsndfile's virtual output.
private final class MemoryFile {
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
    let origin =
      switch whence {
      case SEEK_CUR: position
      case SEEK_END: bytes.count
      default: 0
      }
    let target = origin + Int(offset)
    guard (0...bytes.count).contains(target) else { return -1 }
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
