/// WAV in all its kinds (RIFF, RIFX, RF64, BW64, Wave64): its format and samples, after a header of our own.
enum WAVLayout {
  /// A size that means "unknown": a program that writes into a pipe cannot fill it in later, and writes 4 GiB or a
  /// little less than 2.
  private static let unknown = 0x7fff_0000

  private static func isName(_ source: ByteSource, at offset: Int) -> Bool {
    offset + 8 <= source.count && (0..<4).allSatisfy { (0x20..<0x7f).contains(source[offset + $0]) }
  }

  private static func isUsual(_ source: ByteSource, at offset: Int) -> Bool {
    let names: [StaticString] = [
      "data", "fmt ", "fact", "LIST", "bext", "PEAK", "cue ", "smpl", "inst", "JUNK", "junk",
    ]
    return names.contains { source.has($0, at: offset) }
  }

  static func layout(of source: ByteSource, at start: Int) -> SoundLayout? {
    guard source.has("WAVE", at: start + 8) else { return nil }
    let isBig = source.has("RIFX", at: start)
    let isLarge = source.has("RF64", at: start) || source.has("BW64", at: start)
    func number(_ offset: Int, _ bytes: Int) -> Int {
      isBig ? source.big(offset, bytes) : source.little(offset, bytes)
    }
    var format: Range<Int>?
    var largeSize: Int?
    var at = start + 12
    while isName(source, at: at) {
      let size = number(at + 4, 4)
      let body = at + 8
      if source.has("ds64", at: at), isLarge {
        largeSize = source.little(body + 8, 8)
      } else if source.has("fmt ", at: at) {
        format = body..<body + size
      } else if source.has("data", at: at) {
        guard let format, format.upperBound <= source.count else { return nil }
        var promised: Int? = size < unknown ? size : nil
        if isLarge, size >= unknown { promised = largeSize.flatMap { $0 > 0 && $0 < 1 << 60 ? $0 : nil } }
        if promised == 0, !isChunks(source, from: body, number) { promised = nil }
        return make(source, format, isBig: isBig, data: body, promised: promised)
      }
      let next = body + size
      // An odd chunk is followed by a byte of padding, which some leave out.
      let lacksPadding = size % 2 == 1 && isUsual(source, at: next) && !isUsual(source, at: next + 1)
      at = lacksPadding ? next : next + size % 2
    }
    return nil
  }

  /// Whether the rest is chunks up to the end: then an empty samples chunk before it is really empty.
  private static func isChunks(_ source: ByteSource, from offset: Int, _ number: (Int, Int) -> Int) -> Bool {
    var at = offset
    while at < source.count {
      guard isName(source, at: at) else { return false }
      at += 8 + (number(at + 4, 4) + 1) / 2 * 2
    }
    return at <= source.count + 1
  }

  /// Sony's Wave64: names of 16 bytes, sizes of 8 that count the chunk's own header, chunks at multiples of 8.
  static func wave64(of source: ByteSource, at start: Int) -> SoundLayout? {
    guard source.has("wave", at: start + 24) else { return nil }
    var format: Range<Int>?
    var at = start + 40
    while at + 24 <= source.count {
      let size = source.little(at + 16, 8)
      if source.has("fmt ", at: at), size >= 24 + 16, size < 1 << 16 {
        format = at + 24..<at + size
      } else if source.has("data", at: at) {
        guard let format, format.upperBound <= source.count else { return nil }
        return make(
          source, format, isBig: false, data: at + 24, promised: (25..<1 << 60).contains(size) ? size - 24 : nil)
      }
      guard size >= 24, size < 1 << 60 else { return nil }
      at += (size + 7) / 8 * 8
    }
    return nil
  }

  private static func make(
    _ source: ByteSource, _ format: Range<Int>, isBig: Bool, data: Int, promised: Int?
  ) -> SoundLayout? {
    guard format.count >= 14 else { return nil }
    var fields = source.bytes(format)
    func number(_ offset: Int, _ bytes: Int) -> Int {
      let part = fields[offset..<min(fields.count, offset + bytes)]
      return (isBig ? Array(part) : part.reversed()).reduce(0) { $0 << 8 | Int($1) }
    }
    func set(_ offset: Int, _ bytes: Int, to value: Int) {
      var header = HeaderBytes()
      if isBig { header.big(value, bytes) } else { header.little(value, bytes) }
      fields.replaceSubrange(offset..<offset + bytes, with: header.bytes)
    }
    let (tag, channels, rate) = (number(0, 2), number(2, 2), number(4, 4))
    let bits = fields.count >= 16 ? number(14, 2) : 8
    // The formats with samples of a fixed size: PCM, floats, A-law and µ-law, plain or in the extensible header.
    let kind = tag == 0xfffe && fields.count >= 26 ? number(24, 2) : tag
    let isPlain = [1, 3, 6, 7].contains(kind) && (1...256).contains(channels) && bits > 0 && bits <= 64
    var frame = number(12, 2)
    if isPlain, frame < channels * ((bits + 7) / 8) || frame % channels != 0 {
      frame = channels * ((bits + 7) / 8)
      set(12, 2, to: frame)
    }
    let bytesPerSecond = isPlain ? frame * rate : number(8, 4)
    let samples = SampleData(
      of: source, at: data, promised: promised, frame: isPlain ? frame : 1, bytesPerSecond: bytesPerSecond)

    var header = HeaderBytes()
    header.text(isBig ? "RIFX" : "RIFF")
    let pad = fields.count % 2
    let size = { (value: Int) in min(value, 0xffff_ffff) }
    func word(_ value: Int) { if isBig { header.big(value, 4) } else { header.little(value, 4) } }
    word(size(20 + fields.count + pad + samples.range.count))
    header.text("WAVEfmt ")
    word(fields.count)
    header.append(fields + [UInt8](repeating: 0, count: pad))
    header.text("data")
    word(size(samples.range.count))
    return SoundLayout([.bytes(header.bytes), .file(samples.range)], shortfall: samples.shortfall)
  }
}
