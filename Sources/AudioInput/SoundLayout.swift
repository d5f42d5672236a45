/// Which bytes of a file are sound, and how libsndfile gets them. The data that is present counts, not the header's
/// promise: where they differ, a corrected header replaces the file's own.
struct SoundLayout {
  /// The pieces that libsndfile reads in place of the file.
  enum Piece: Equatable {
    case file(Range<Int>)
    case bytes([UInt8])

    var count: Int {
      switch self {
      case .file(let range): range.count
      case .bytes(let bytes): bytes.count
      }
    }
  }

  /// What is missing at the end.
  enum Shortfall: Equatable {
    case nothing
    /// The header promises this many seconds.
    case seconds(Double)
    /// An unknown amount.
    case unknown
    /// The frames that libsndfile promises and does not give.
    case frames
  }

  var pieces: [Piece]
  var shortfall = Shortfall.nothing
  /// The length from libsndfile is a guess.
  var lengthIsGuessed = false

  /// A smaller shortfall is not reported, in seconds.
  static let moment = 0.05

  init(_ pieces: [Piece], shortfall: Shortfall = .nothing, lengthIsGuessed: Bool = false) {
    self.pieces = pieces.filter { $0.count > 0 }
    self.shortfall = shortfall
    self.lengthIsGuessed = lengthIsGuessed
  }

  init(of source: ByteSource) {
    let start = Self.start(of: source)
    let found =
      if source.has("RIFF", at: start) || source.has("RIFX", at: start) || source.has("RF64", at: start)
        || source.has("BW64", at: start)
      {
        WAVLayout.layout(of: source, at: start)
      } else if source.has("riff", at: start) {
        WAVLayout.wave64(of: source, at: start)
      } else if source.has("FORM", at: start) {
        AIFFLayout.layout(of: source, at: start)
      } else if source.has(".snd", at: start) || source.has("dns.", at: start) {
        SunLayout.layout(of: source, at: start)
      } else if source.has("caff", at: start) {
        CoreAudioLayout.layout(of: source, at: start)
      } else if source.has("fLaC", at: start) {
        FLACLayout.layout(of: source, at: start)
      } else if source.has("OggS", at: start) {
        OggLayout.layout(of: source, at: start)
      } else {
        MPEGLayout.layout(of: source, at: start)
      }
    self = found ?? SoundLayout([.file(start..<source.count)])
  }

  // MARK: Before and behind

  /// The start of the known format, after tags, blanks and anything else before it.
  private static func start(of source: ByteSource) -> Int {
    var start = 0
    while true {
      if source.has("ID3", at: start) {
        // Its size has seven bits a byte.
        let size = (6..<10).reduce(0) { $0 << 7 | Int(source[start + $1] & 0x7f) }
        let footer = source[start + 5] & 0x10 != 0 ? 10 : 0
        guard start + 10 + size + footer < source.count else { return start }
        start += 10 + size + footer
      } else if source[start] == 0, start < min(source.count, 1 << 20) {
        start += 1
      } else {
        break
      }
    }
    if isKnown(source, at: start) || MPEGLayout.isLikely(source, at: start) { return start }
    // Rare formats begin with zeros of their own: an unknown file is left whole.
    return (start..<max(start, min(source.count, start + 64 << 10))).first { isKnown(source, at: $0) } ?? 0
  }

  private static func isKnown(_ source: ByteSource, at offset: Int) -> Bool {
    switch source[offset] {
    case UInt8(ascii: "R"):
      (source.has("RIFF", at: offset) || source.has("RIFX", at: offset) || source.has("RF64", at: offset)
        || source.has("BW64", at: offset)) && source.has("WAVE", at: offset + 8)
    case UInt8(ascii: "r"): source.has("riff", at: offset) && source.has("wave", at: offset + 24)
    case UInt8(ascii: "F"): source.has("FORM", at: offset) && source.has("AIF", at: offset + 8)
    case UInt8(ascii: "f"): source.has("fLaC", at: offset)
    case UInt8(ascii: "O"): source.has("OggS", at: offset) && source[offset + 4] == 0
    case UInt8(ascii: "c"): source.has("caff", at: offset) && source.big(offset + 4, 2) == 1
    case UInt8(ascii: "."): source.has(".snd", at: offset) && (24...4096).contains(source.big(offset + 4, 4))
    default: false
    }
  }

  /// The end of sound in a format that marks its own frames: before tags, and before zeros, the first of which may
  /// belong to the sound. `sound` is where the zeros begin, `withZeros` where they end.
  static func end(of source: ByteSource, from start: Int) -> (sound: Int, withZeros: Int) {
    var end = source.count
    while true {
      end = endBeforeTags(source, from: start, to: end)
      let sound = endBeforeZeros(source, from: start, to: end)
      // Zeros after a tag.
      let next = endBeforeTags(source, from: start, to: sound)
      if next == sound { return (sound, end) }
      end = next
    }
  }

  private static func endBeforeTags(_ source: ByteSource, from start: Int, to end: Int) -> Int {
    var end = end
    while true {
      if end - 128 >= start, source.has("TAG", at: end - 128) {
        end -= 128
      } else if end - 32 >= start, source.has("APETAGEX", at: end - 32) {
        let size = source.little(end - 20, 4) + (source[end - 9] & 0x80 != 0 ? 32 : 0)
        guard size >= 32, size <= end - start else { return end }
        end -= size
      } else if end - 15 >= start, source.has("LYRICS200", at: end - 9) {
        let digits = source.bytes(end - 15..<end - 9)
        guard let size = Int(String(decoding: digits, as: UTF8.self)), size >= 0, size + 15 <= end - start else {
          return end
        }
        end -= size + 15
      } else {
        return end
      }
    }
  }

  private static func endBeforeZeros(_ source: ByteSource, from start: Int, to end: Int) -> Int {
    var end = end
    while end > start {
      let piece = source.bytes(max(start, end - 64 << 10)..<end)
      if let last = piece.lastIndex(where: { $0 != 0 }) { return end - piece.count + last + 1 }
      // A failing disk gives nothing.
      guard !piece.isEmpty else { return end }
      end -= piece.count
    }
    return start
  }
}

/// Builds headers.
struct HeaderBytes {
  private(set) var bytes: [UInt8] = []

  mutating func text(_ text: StaticString) { text.withUTF8Buffer { bytes.append(contentsOf: $0) } }
  mutating func little(_ value: Int, _ count: Int) {
    for shift in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }
  mutating func big(_ value: Int, _ count: Int) {
    for shift in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * shift))) }
  }
  mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }
}
