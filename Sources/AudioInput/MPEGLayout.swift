/// MPEG audio (layers I to III): its frames, without anything between or after them. If the first frame gives the
/// number of frames, it is corrected.
enum MPEGLayout {
  struct Frame: Equatable {
    var size: Int
    /// Samples a channel.
    var samples: Int
    var rate: Int
    /// The position of a variable-bit-rate header.
    var sideInformationEnd: Int
    /// The fields that are equal in all frames of a stream.
    var kind: UInt32
  }

  /// Kilobits a second by version and layer.
  private static let bitRates: [[Int]] = [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ]

  static func frame(_ source: ByteSource, at offset: Int) -> Frame? {
    guard source[offset] == 0xff, source[offset + 1] & 0xe0 == 0xe0, offset + 4 <= source.count else { return nil }
    let header = UInt32(truncatingIfNeeded: source.big(offset, 4))
    let (version, layer) = (Int(header >> 19 & 3), Int(4 - (header >> 17 & 3)))
    let (rateIndex, frequencyIndex) = (Int(header >> 12 & 15), Int(header >> 10 & 3))
    guard version != 1, layer != 4, (1...14).contains(rateIndex), frequencyIndex != 3 else { return nil }
    let isFirst = version == 3
    let table = isFirst ? layer - 1 : layer == 1 ? 3 : 4
    let bitRate = bitRates[table][rateIndex] * 1000
    let rate = [44_100, 48_000, 32_000][frequencyIndex] >> (isFirst ? 0 : version == 2 ? 1 : 2)
    let pad = Int(header >> 9 & 1)
    let samples = layer == 1 ? 384 : layer == 2 || isFirst ? 1152 : 576
    let size = layer == 1 ? (12 * bitRate / rate + pad) * 4 : samples / 8 * bitRate / rate + pad
    let isMono = header >> 6 & 3 == 3
    let side = isFirst ? (isMono ? 17 : 32) : (isMono ? 9 : 17)
    return Frame(size: size, samples: samples, rate: rate, sideInformationEnd: 4 + side, kind: header & 0xfffe_0c00)
  }

  /// Whether a frame begins there and is followed by two more of its kind, or the end.
  static func isLikely(_ source: ByteSource, at offset: Int) -> Bool {
    guard let first = frame(source, at: offset) else { return false }
    var next = offset + first.size
    for _ in 0..<2 where next < source.count {
      guard let frame = frame(source, at: next), frame.kind == first.kind else { return false }
      next += frame.size
    }
    return true
  }

  static func layout(of source: ByteSource, at start: Int) -> SoundLayout? {
    guard
      let begin = (start..<max(start, min(source.count, start + 64 << 10))).first(where: { isLikely(source, at: $0) }),
      let first = frame(source, at: begin)
    else { return nil }
    var pieces: [SoundLayout.Piece] = []
    var (from, at, count) = (begin, begin, 0)
    var isCut = false
    func keep(upTo end: Int) { if end > from { pieces.append(.file(from..<end)) } }
    while at < source.count {
      guard let frame = frame(source, at: at), frame.kind == first.kind else {
        // Something else is here, a tag or a gap: the sound continues with the next frame that has a successor.
        keep(upTo: at)
        from = source.count
        let next = (at..<source.count).first { offset in
          Self.frame(source, at: offset)?.kind == first.kind && isLikely(source, at: offset)
        }
        guard let next else { break }
        (at, from) = (next, next)
        continue
      }
      count += 1
      guard at + frame.size <= source.count else {
        keep(upTo: at)
        from = source.count
        // A frame with a few missing bytes is padded.
        let rest = source.bytes(at..<source.count)
        isCut = frame.size - rest.count > frame.size / 8
        if rest.count * 2 >= frame.size {
          pieces.append(.bytes(rest + [UInt8](repeating: 0, count: frame.size - rest.count)))
        } else {
          count -= 1
        }
        break
      }
      at += frame.size
    }
    keep(upTo: min(at, source.count))
    guard count > 0 else { return nil }
    var shortfall = isCut ? SoundLayout.Shortfall.unknown : .nothing
    var lengthIsGuessed = true
    if let information = VariableRate(source, frame: first, at: begin) {
      lengthIsGuessed = false
      // The frame with this information holds no sound.
      let missing = Double((information.frames - (count - 1)) * first.samples) / Double(first.rate)
      shortfall = missing > SoundLayout.moment ? .seconds(missing) : .nothing
      if case .file(let range) = pieces.first, range.count >= first.size {
        let truth = information.corrected(frames: count - 1, bytes: pieces.reduce(0) { $0 + $1.count })
        pieces[0] = .file(range.lowerBound + first.size..<range.upperBound)
        pieces.insert(.bytes(truth), at: 0)
      }
    }
    return SoundLayout(pieces, shortfall: shortfall, lengthIsGuessed: lengthIsGuessed)
  }

  /// The values for the whole file in Xing's or Fraunhofer's header in the first frame.
  private struct VariableRate {
    var frames: Int
    private var bytes: [UInt8]
    private var framesAt: Int
    private var bytesAt: Int?

    init?(_ source: ByteSource, frame: Frame, at offset: Int) {
      bytes = source.bytes(offset..<offset + frame.size)
      let xing = offset + frame.sideInformationEnd
      if source.has("Xing", at: xing) || source.has("Info", at: xing) {
        let flags = source.big(xing + 4, 4)
        guard flags & 1 != 0 else { return nil }
        framesAt = frame.sideInformationEnd + 8
        bytesAt = flags & 2 != 0 ? framesAt + 4 : nil
      } else if source.has("VBRI", at: offset + 36) {
        framesAt = 36 + 14
        bytesAt = 36 + 10
      } else {
        return nil
      }
      guard framesAt + 8 <= bytes.count else { return nil }
      frames = source.big(offset + framesAt, 4)
    }

    func corrected(frames: Int, bytes total: Int) -> [UInt8] {
      var result = bytes
      for (place, value) in [(framesAt, frames), (bytesAt ?? framesAt, bytesAt == nil ? frames : total)] {
        var field = HeaderBytes()
        field.big(value, 4)
        result.replaceSubrange(place..<place + 4, with: field.bytes)
      }
      return result
    }
  }
}
