/// Ogg (RFC 3533): its whole pages. Of a page that was cut off, the packets that are present are kept.
enum OggLayout {
  private static let headerSize = 27

  static func layout(of source: ByteSource, at start: Int) -> SoundLayout? {
    var pieces: [SoundLayout.Piece] = []
    var from = start
    var at = start
    var isOver = false
    func keep(upTo end: Int) {
      if end > from { pieces.append(.file(from..<end)) }
    }
    while at < source.count {
      guard source.has("OggS", at: at), at + headerSize <= source.count else {
        // Something else is here: continue with the next page.
        keep(upTo: at)
        guard let next = (at..<source.count).first(where: { source.has("OggS", at: $0) }), next > at else {
          from = source.count
          break
        }
        (at, from) = (next, next)
        continue
      }
      let segments = Int(source[at + 26])
      let body = at + headerSize + segments
      let size = (0..<segments).reduce(0) { $0 + Int(source[at + headerSize + $1]) }
      guard body + size <= source.count else {
        keep(upTo: at)
        from = source.count
        isOver = false
        if body < source.count, let page = mended(source, page: at, segments: segments) {
          pieces.append(.bytes(page.bytes))
          isOver = page.isWhole && source[at + 5] & 4 != 0
        }
        break
      }
      isOver = source[at + 5] & 4 != 0
      at = body + size
    }
    keep(upTo: min(at, source.count))
    guard !pieces.isEmpty else { return nil }
    return SoundLayout(pieces, shortfall: isOver ? .nothing : .unknown, lengthIsGuessed: !isOver)
  }

  /// A page of the packets that are present, and whether these are all. A last one with a few missing bytes is padded,
  /// which decoders tolerate.
  private static func mended(_ source: ByteSource, page: Int, segments: Int) -> (
    bytes: [UInt8], isWhole: Bool
  )? {
    let lacing = source.bytes(page + headerSize..<page + headerSize + segments)
    let body = page + headerSize + segments
    let there = source.count - body
    var (kept, size, total) = (0, 0, 0)
    var start = 0
    for (index, length) in lacing.enumerated() {
      total += Int(length)
      guard length < 255 else { continue }
      // Half of a packet is still useful.
      guard total <= there || (start + total) / 2 <= there else { break }
      (kept, size, start) = (index + 1, total, total)
    }
    guard kept > 0 else { return nil }
    var bytes = source.bytes(page..<page + 26)
    // The checksum is computed with zeros in its place.
    bytes.replaceSubrange(22..<26, with: [0, 0, 0, 0])
    bytes.append(UInt8(kept))
    bytes += lacing[..<kept]
    bytes += source.bytes(body..<body + min(size, there))
    bytes += [UInt8](repeating: 0, count: max(0, size - there))
    var checksum = HeaderBytes()
    checksum.little(Int(Self.checksum(bytes)), 4)
    bytes.replaceSubrange(22..<26, with: checksum.bytes)
    return (bytes, kept == segments)
  }

  /// CRC-32 with the polynomial 04C11DB7, from 0, the highest bit first, nothing inverted.
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = 0
    for byte in bytes {
      sum ^= UInt32(byte) << 24
      for _ in 0..<8 { sum = sum & 0x8000_0000 != 0 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1 }
    }
    return sum
  }
}
