import Files
import Glibc

/// The bytes of a sound file: on a disk, in memory, or read from a pipe. For one thread at a time.
final class ByteSource {
  /// The maximum number of bytes from a pipe, which are kept in memory.
  static let longestPipe = 512 << 20

  private enum Place {
    case memory([UInt8])
    case descriptor(CInt)
  }

  private let place: Place
  let count: Int
  /// The part of a file on a disk that was read last; containers are searched in small steps.
  private var window: [UInt8] = []
  private var windowStart = 0
  private static let windowSize = 64 << 10

  init(_ bytes: [UInt8]) {
    place = .memory(bytes)
    count = bytes.count
  }

  /// - Throws: `AudioInputError` that names the file.
  init(path: String) throws {
    func failed(_ code: CInt) -> AudioInputError {
      switch code {
      case ENOENT, ENOTDIR: AudioInputError(.noSuchFile, "\(path): there is no such file")
      case EACCES, EPERM: AudioInputError(.notPermitted, "\(path) may not be read")
      default: AudioInputError(.unreadable, "\(path) cannot be read: \(systemReason(code))")
      }
    }
    guard let status = FileStatus(path) else { throw failed(errno) }
    switch status.kind {
    case .regular, .pipe: break
    case .folder: throw AudioInputError(.notAFile, "\(path) is a directory, not a sound file")
    case .link, .socket, .character, .block:
      throw AudioInputError(.notAFile, "\(path) is neither a file nor a pipe")
    }
    // Waits until a pipe has a writer.
    let descriptor = FileName.withCString(path) { open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY) }
    guard descriptor >= 0 else { throw failed(errno) }
    if status.kind == .pipe {
      defer { close(descriptor) }
      let bytes = try Self.all(of: descriptor, path: path)
      place = .memory(bytes)
      count = bytes.count
    } else {
      place = .descriptor(descriptor)
      count = FileStatus(descriptor: descriptor)?.size ?? 0
    }
    if count == 0 { throw AudioInputError(.empty, "\(path) is empty") }
  }

  deinit {
    if case .descriptor(let descriptor) = place { close(descriptor) }
  }

  private static func all(of descriptor: CInt, path: String) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let got = read(descriptor, &piece, piece.count)
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else {
        throw AudioInputError(.unreadable, "\(path) cannot be read: \(systemReason(errno))")
      }
      if got == 0 { return bytes }
      guard bytes.count + got <= longestPipe else {
        throw AudioInputError(
          .tooLong, "\(path) is a pipe with more than \(longestPipe >> 20) MiB; that does not fit in memory")
      }
      bytes += piece[..<got]
    }
  }

  /// Copies at most `size` bytes from `offset` on.
  /// - Returns: how many; fewer only at the end, or if the disk fails.
  func copy(from offset: Int, to target: UnsafeMutableRawPointer, size: Int) -> Int {
    let size = min(size, count - offset)
    guard offset >= 0, size > 0 else { return 0 }
    switch place {
    case .memory(let bytes):
      bytes.withUnsafeBytes { if let base = $0.baseAddress { target.copyMemory(from: base + offset, byteCount: size) } }
      return size
    case .descriptor(let descriptor):
      var done = 0
      while done < size {
        let got = pread(descriptor, target + done, size - done, off_t(offset + done))
        if got < 0, errno == EINTR { continue }
        if got <= 0 { break }
        done += got
      }
      return done
    }
  }

  /// The bytes of a range, as far as they exist.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: max(0, min(range.upperBound, count) - range.lowerBound)) { buffer, filled in
      if let base = buffer.baseAddress { filled = copy(from: range.lowerBound, to: base, size: buffer.count) }
    }
  }

  /// One byte; 0 beyond the end.
  subscript(_ offset: Int) -> UInt8 {
    guard (0..<count).contains(offset) else { return 0 }
    if case .memory(let bytes) = place { return bytes[offset] }
    if !(windowStart..<windowStart + window.count).contains(offset) {
      windowStart = offset
      window = bytes(offset..<offset + Self.windowSize)
    }
    let index = offset - windowStart
    return index < window.count ? window[index] : 0
  }

  /// Whether the bytes at `offset` are `text`.
  func has(_ text: StaticString, at offset: Int) -> Bool {
    guard offset >= 0, offset + text.utf8CodeUnitCount <= count else { return false }
    return text.withUTF8Buffer { characters in characters.indices.allSatisfy { self[offset + $0] == characters[$0] } }
  }

  func little(_ offset: Int, _ bytes: Int) -> Int {
    Int(truncatingIfNeeded: (0..<bytes).reduce(UInt64(0)) { $0 | UInt64(self[offset + $1]) << (8 * UInt64($1)) })
  }

  func big(_ offset: Int, _ bytes: Int) -> Int {
    Int(truncatingIfNeeded: (0..<bytes).reduce(UInt64(0)) { $0 << 8 | UInt64(self[offset + $1]) })
  }
}
