/// FLAC (RFC 9639): everything present, with the last frame's checksum completed if only that was cut off, because the
/// decoder rejects a frame without one.
enum FLACLayout {
  /// Frames are rarely longer, in bytes.
  private static let longestFrame = 256 << 10
  /// This many zeros may belong to a frame that was cut off in a silent channel; more come from elsewhere.
  private static let mostZeros = 64

  static func layout(of source: ByteSource, at start: Int) -> SoundLayout {
    let end = SoundLayout.end(of: source, from: start)
    // A whole file ends with a checksum whose last bytes may be zeros. Without them it would also look whole, so the
    // longest comes first: a decoder that knows the length ignores a zero or two after it.
    let ends = end.sound...min(end.sound + 2, end.withZeros)
    for end in knowsLength(source, from: start) ? Array(ends.reversed()) : Array(ends) {
      let tail = Tail(of: source, from: start, to: end)
      if tail.isWhole { return SoundLayout([.file(start..<end)], shortfall: .frames) }
    }
    let cut = end.withZeros - end.sound <= mostZeros ? end.withZeros : end.sound
    let tail = Tail(of: source, from: start, to: cut)
    return SoundLayout([.file(start..<cut), .bytes(tail.completion)], shortfall: .frames)
  }

  /// Whether the header gives the number of samples: 36 bits that are not zero.
  private static func knowsLength(_ source: ByteSource, from start: Int) -> Bool {
    let bytes = source.bytes(start + 21..<start + 26)
    return bytes.count == 5 && (bytes[0] & 15 != 0 || bytes.dropFirst().contains { $0 != 0 })
  }

  /// The end of a file with the starts of its last frames, the last first. Some may not be real frames.
  private struct Tail {
    private let bytes: [UInt8]
    private let frames: [Int]

    init(of source: ByteSource, from start: Int, to end: Int) {
      let bytes = source.bytes(max(start, end - longestFrame)..<end)
      self.bytes = bytes
      frames = Array(bytes.indices.dropLast(8).reversed().lazy.filter { isFrame(bytes, at: $0) }.prefix(4))
    }

    /// Whether it ends with a frame's checksum.
    var isWhole: Bool {
      frames.contains {
        checksum(bytes[$0..<bytes.count - 2]) == UInt16(bytes[bytes.count - 2]) << 8 | UInt16(bytes[bytes.count - 1])
      }
    }

    /// The missing bytes of the last frame's checksum.
    var completion: [UInt8] {
      for frame in frames {
        let sum = checksum(bytes[frame..<bytes.count - 1])
        if sum >> 8 == UInt16(bytes[bytes.count - 1]) { return [UInt8(truncatingIfNeeded: sum)] }
      }
      // Both bytes may be missing. If more is missing, the decoder finds out.
      guard let frame = frames.first else { return [] }
      let sum = checksum(bytes[frame...])
      return [UInt8(truncatingIfNeeded: sum >> 8), UInt8(truncatingIfNeeded: sum)]
    }
  }

  /// Whether there is a frame header: its mark and a correct checksum.
  private static func isFrame(_ bytes: [UInt8], at offset: Int) -> Bool {
    guard bytes[offset] == 0xff, bytes[offset + 1] & 0xfe == 0xf8, bytes[offset + 3] & 1 == 0 else { return false }
    let (size, rate) = (bytes[offset + 2] >> 4, bytes[offset + 2] & 15)
    guard size != 0, rate != 15 else { return false }
    // The frame's number is encoded as in UTF-8, in up to seven bytes.
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
