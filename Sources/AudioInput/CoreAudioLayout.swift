/// Apple's Core Audio Format with samples of a fixed size.
enum CoreAudioLayout {
  static func layout(of source: ByteSource, at start: Int) -> SoundLayout? {
    guard source.has("desc", at: start + 8), source.big(start + 12, 8) == 32 else { return nil }
    let description = start + 20..<start + 52
    let kind = String(decoding: source.bytes(start + 28..<start + 32), as: UTF8.self)
    guard ["lpcm", "alaw", "ulaw"].contains(kind) else { return nil }
    let (frame, channels) = (source.big(start + 36, 4), source.big(start + 44, 4))
    guard (1...256).contains(channels), (1...2048).contains(frame) else { return nil }
    let rate = Double(bitPattern: UInt64(truncatingIfNeeded: source.big(start + 20, 8)))
    var at = description.upperBound
    while at + 12 <= source.count {
      let size = source.big(at + 4, 8)
      if source.has("data", at: at) {
        // The count of edits comes before the samples; a negative size means unknown.
        let samples = SampleData(
          of: source, at: at + 16, promised: size > 4 ? size - 4 : nil, frame: frame,
          bytesPerSecond: rate >= 1 && rate < 1e7 ? frame * Int(rate) : 0)
        var header = HeaderBytes()
        header.text("caff")
        header.big(1 << 16, 4)
        header.text("desc")
        header.big(32, 8)
        header.append(source.bytes(description))
        header.text("data")
        header.big(4 + samples.range.count, 8)
        header.big(0, 4)
        return SoundLayout([.bytes(header.bytes), .file(samples.range)], shortfall: samples.shortfall)
      }
      guard (0..<source.count).contains(size) else { return nil }
      at += 12 + size
    }
    return nil
  }
}
