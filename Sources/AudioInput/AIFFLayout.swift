/// AIFF and AIFF-C (Apple 1989, 1991): the chunk that describes the samples, and the samples, in a corrected order and
/// with corrected lengths.
enum AIFFLayout {
  static func layout(of source: ByteSource, at start: Int) -> SoundLayout? {
    let isCompressed = source.has("AIFC", at: start + 8)
    guard isCompressed || source.has("AIFF", at: start + 8) else { return nil }
    var common: Range<Int>?
    var sound: (start: Int, size: Int)?
    var at = start + 12
    while at + 8 <= source.count {
      let size = source.big(at + 4, 4)
      let body = at + 8
      if source.has("COMM", at: at), size >= 18, body + size <= source.count {
        common = body..<body + size
      } else if source.has("SSND", at: at) {
        sound = (body, size)
      }
      at = body + (size + 1) / 2 * 2
    }
    guard let common, let sound else { return nil }
    let (channels, frames, bits) = (
      source.big(common.lowerBound, 2), source.big(common.lowerBound + 2, 4), source.big(common.lowerBound + 6, 2)
    )
    guard (1...256).contains(channels), (1...64).contains(bits) else { return nil }
    guard let width = isCompressed ? width(source, common, bits) : (bits + 7) / 8 else {
      let shortfall = shortfall(of: source, common, channels: channels, sound: sound)
      return SoundLayout([.file(start..<source.count)], shortfall: shortfall)
    }
    let frame = channels * width
    let offset = source.big(sound.start, 4)
    let samplesStart = sound.start + 8 + (offset < source.count ? offset : 0)
    // Both fields give the length; a writer that was killed has filled in neither.
    let bySize = sound.size - 8 - (samplesStart - sound.start - 8)
    let byFrames = frames * frame
    let promised = bySize > 0 && sound.size < 0x7fff_0000 ? bySize : byFrames > 0 ? byFrames : nil
    let samples = SampleData(
      of: source, at: samplesStart, promised: promised, frame: frame,
      bytesPerSecond: frame * rate(source, common.lowerBound + 8))

    var fields = source.bytes(common)
    var count = HeaderBytes()
    count.big(samples.range.count / frame, 4)
    fields.replaceSubrange(2..<6, with: count.bytes)
    if fields.count % 2 == 1 { fields.append(0) }
    var header = HeaderBytes()
    header.text("FORM")
    header.big(min(0xffff_ffff, 4 + 8 + fields.count + 16 + samples.range.count), 4)
    header.text(isCompressed ? "AIFC" : "AIFF")
    header.text("COMM")
    header.big(common.count, 4)
    header.append(fields)
    header.text("SSND")
    header.big(min(0xffff_ffff, 8 + samples.range.count), 4)
    header.big(0, 8)
    return SoundLayout([.bytes(header.bytes), .file(samples.range)], shortfall: samples.shortfall)
  }

  /// The missing part of samples without a size of their own.
  private static func shortfall(
    of source: ByteSource, _ common: Range<Int>, channels: Int, sound: (start: Int, size: Int)
  ) -> SoundLayout.Shortfall {
    let missing = sound.start + sound.size - source.count
    guard missing > 0, sound.size < 0x7fff_0000 else { return .nothing }
    guard source.has("ima4", at: common.lowerBound + 18) else { return .unknown }
    // 34 bytes hold 64 samples of one channel.
    let seconds = Double(missing / (34 * channels) * 64) / Double(max(1, rate(source, common.lowerBound + 8)))
    return seconds > SoundLayout.moment ? .seconds(seconds) : .nothing
  }

  /// Bytes per sample of AIFF-C; nil if the samples have no fixed size.
  private static func width(_ source: ByteSource, _ common: Range<Int>, _ bits: Int) -> Int? {
    guard common.count >= 22 else { return nil }
    switch String(decoding: source.bytes(common.lowerBound + 18..<common.lowerBound + 22), as: UTF8.self) {
    case "NONE", "sowt", "twos", "raw ": return (bits + 7) / 8
    case "fl32", "FL32", "in32", "23ni": return 4
    case "fl64", "FL64": return 8
    case "in24", "42ni": return 3
    case "alaw", "ALAW", "ulaw", "ULAW": return 1
    default: return nil
    }
  }

  /// A rate as Apple's 80-bit float; 0 if it is not a valid rate.
  private static func rate(_ source: ByteSource, _ offset: Int) -> Int {
    let exponent = source.big(offset, 2) - 16_383
    guard (0...30).contains(exponent) else { return 0 }
    return source.big(offset + 2, 4) >> (31 - exponent)
  }
}
