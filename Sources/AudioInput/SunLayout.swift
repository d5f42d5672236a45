/// Sun's .au, in both byte orders.
enum SunLayout {
  static func layout(of source: ByteSource, at start: Int) -> SoundLayout? {
    let isBig = source.has(".snd", at: start)
    func number(_ field: Int) -> Int {
      isBig ? source.big(start + 4 * field, 4) : source.little(start + 4 * field, 4)
    }
    let (offset, size, encoding, rate, channels) = (number(1), number(2), number(3), number(4), number(5))
    guard offset >= 24, start + offset <= source.count, (1...256).contains(channels) else { return nil }
    let width: Int
    switch encoding {
    case 1, 2, 27: width = 1
    case 3: width = 2
    case 4: width = 3
    case 5, 6: width = 4
    case 7: width = 8
    default: return nil
    }
    let frame = width * channels
    let samples = SampleData(
      of: source, at: start + offset, promised: size > 0 && size < 0x7fff_0000 ? size : nil, frame: frame,
      bytesPerSecond: frame * rate)
    var header = HeaderBytes()
    header.text(isBig ? ".snd" : "dns.")
    for value in [24, min(0xffff_ffff, samples.range.count), encoding, rate, channels] {
      if isBig { header.big(value, 4) } else { header.little(value, 4) }
    }
    return SoundLayout([.bytes(header.bytes), .file(samples.range)], shortfall: samples.shortfall)
  }
}
