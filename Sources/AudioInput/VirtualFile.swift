import CSndFile

/// A file composed of pieces of another, as libsndfile's virtual input. It is read-only.
final class VirtualFile {
  private let source: ByteSource
  private let pieces: [SoundLayout.Piece]
  /// Where each piece begins, and where the last one ends.
  private let starts: [Int]
  private var position = 0
  private var count: Int { starts.last ?? 0 }

  init(_ source: ByteSource, _ pieces: [SoundLayout.Piece]) {
    self.source = source
    self.pieces = pieces
    starts = pieces.reduce(into: [0]) { starts, piece in starts.append((starts.last ?? 0) + piece.count) }
  }

  /// - Returns: a handle that reads from here; this object must outlive it.
  func open(_ info: inout SF_INFO) -> OpaquePointer? {
    position = 0
    var calls = SF_VIRTUAL_IO(
      get_filelen: { VirtualFile.at($0).map { sf_count_t($0.count) } ?? 0 },
      seek: { VirtualFile.at($2)?.seek(by: $0, whence: $1) ?? -1 },
      read: { VirtualFile.at($2)?.read(into: $0, count: $1) ?? 0 },
      write: { _, _, _ in 0 },
      tell: { VirtualFile.at($0).map { sf_count_t($0.position) } ?? 0 })
    return sf_open_virtual(&calls, CInt(SFM_READ), &info, Unmanaged.passUnretained(self).toOpaque())
  }

  private static func at(_ pointer: UnsafeMutableRawPointer?) -> VirtualFile? {
    pointer.map { Unmanaged<VirtualFile>.fromOpaque($0).takeUnretainedValue() }
  }

  private func seek(by offset: sf_count_t, whence: CInt) -> sf_count_t {
    guard let target = SoundLibrary.target(offset, whence, from: position, count: count) else { return -1 }
    position = min(target, count)
    return sf_count_t(position)
  }

  private func read(into target: UnsafeMutableRawPointer?, count wanted: sf_count_t) -> sf_count_t {
    guard let target, wanted > 0 else { return 0 }
    var done = 0
    // The piece that the position lies in: the last that begins at or before it.
    var index = pieceIndex(of: position)
    while done < Int(wanted), index < pieces.count {
      let offset = position - starts[index]
      let size = min(Int(wanted) - done, pieces[index].count - offset)
      let got: Int
      switch pieces[index] {
      case .file(let range): got = source.copy(from: range.lowerBound + offset, to: target + done, size: size)
      case .bytes(let bytes):
        bytes.withUnsafeBytes {
          if let base = $0.baseAddress { (target + done).copyMemory(from: base + offset, byteCount: size) }
        }
        got = size
      }
      done += got
      position += got
      if got < size { break }
      index += 1
    }
    return sf_count_t(done)
  }

  private func pieceIndex(of position: Int) -> Int {
    var (low, high) = (0, pieces.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle + 1] <= position { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
