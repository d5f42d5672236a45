/// FLAC (RFC 9639): all that is there, and the last frame's checksum where that was cut off with nothing else: the decoder
/// takes a frame without one for no frame at all.
enum FLACLayout {
  /// Frames are hardly longer, in bytes.
  private static let longestFrame = 256 << 10

  static func layout(of source: ByteSource, at start: Int) -> SoundLayout {
    let end = SoundLayout.end(of: source, from: start)
    let completion = completion(of: source, from: start, to: end)
    return SoundLayout([.file(start..<end), .bytes(completion)], shortfall: .frames)
  }

  /// What the last frame's checksum lacks.
  private static func completion(of source: ByteSource, from start: Int, to end: Int) -> [UInt8] {
    let tail = source.bytes(max(start, end - longestFrame)..<end)
    let frames = tail.indices.dropLast(8).reversed().lazy.filter { isFrame(tail, at: $0) }.prefix(4)
    for frame in frames {
      if checksum(tail[frame..<tail.count - 2]) == UInt16(tail[tail.count - 2]) << 8 | UInt16(tail[tail.count - 1]) {
        return []
      }
    }
    for frame in frames {
      let sum = checksum(tail[frame..<tail.count - 1])
      if sum >> 8 == UInt16(tail[tail.count - 1]) { return [UInt8(truncatingIfNeeded: sum)] }
    }
    // Both bytes may be what is missing. If it is more, the decoder finds out.
    guard let frame = frames.first else { return [] }
    let sum = checksum(tail[frame...])
    return [UInt8(truncatingIfNeeded: sum >> 8), UInt8(truncatingIfNeeded: sum)]
  }

  /// Whether a frame's header stands there: its mark, and a checksum of its own that is right.
  private static func isFrame(_ bytes: [UInt8], at offset: Int) -> Bool {
    guard bytes[offset] == 0xff, bytes[offset + 1] & 0xfe == 0xf8, bytes[offset + 3] & 1 == 0 else { return false }
    let (size, rate) = (bytes[offset + 2] >> 4, bytes[offset + 2] & 15)
    guard size != 0, rate != 15 else { return false }
    // The frame's number is written as UTF-8 writes a character, of up to seven bytes.
    let lead = bytes[offset + 4]
    let numberLength = lead < 0x80 ? 1 : (~lead).leadingZeroBitCount
    guard numberLength != 1 || lead < 0x80 else { return false }
    let length =
      4 + numberLength + (size == 6 ? 1 : size == 7 ? 2 : 0) + (rate == 12 ? 1 : rate == 13 || rate == 14 ? 2 : 0)
    guard offset + length < bytes.count else { return false }
    var sum: UInt8 = 0
    for byte in bytes[offset..<offset + length] {
      sum ^= byte
      for _ in 0..<8 { sum = sum & 0x80 != 0 ? sum << 1 ^ 0x07 : sum << 1 }
    }
    return sum == bytes[offset + length]
  }

  /// CRC-16 with the polynomial 8005, from 0, the highest bit first.
  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt16 {
    var sum: UInt16 = 0
    for byte in bytes {
      sum ^= UInt16(byte) << 8
      for _ in 0..<8 { sum = sum & 0x8000 != 0 ? sum << 1 ^ 0x8005 : sum << 1 }
    }
    return sum
  }
}
