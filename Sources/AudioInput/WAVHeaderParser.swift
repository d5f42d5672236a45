/// Reads the header of a WAV file from a pipe, where seeking is impossible: a pure state machine.
///
/// The header that arecord, ffmpeg and sox write into a pipe gives the layout of the samples, but not their true
/// number: they end with the pipe.
struct WAVHeaderParser {
  enum Outcome: Equatable {
    case needsMore
    /// The samples have this layout and begin at this byte.
    case samples(SampleLayout, from: Int)
    /// Not a WAV file that can be streamed.
    case other
  }

  /// Longer than any real header.
  private static let most = 1 << 16

  /// The result for the beginning of a stream.
  static func parse(_ bytes: [UInt8]) -> Outcome {
    func tag(at offset: Int, is text: String) -> Bool { bytes[offset..<offset + 4].elementsEqual(text.utf8) }
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    guard bytes.count >= 12 else { return "RIFF".utf8.starts(with: bytes.prefix(4)) ? .needsMore : .other }
    guard tag(at: 0, is: "RIFF"), tag(at: 8, is: "WAVE") else { return .other }
    var layout: SampleLayout?
    var offset = 12
    while offset + 8 <= bytes.count {
      let size = number(offset + 4, 4)
      if tag(at: offset, is: "data") {
        return layout.map { .samples($0, from: offset + 8) } ?? .other
      }
      guard size <= most else { return .other }
      if tag(at: offset, is: "fmt ") {
        guard offset + 8 + size <= bytes.count else { return .needsMore }
        guard size >= 16, let found = Self.layout(bytes[(offset + 8)...], size: size) else { return .other }
        layout = found
      }
      // Chunks begin at even bytes.
      offset += 8 + size + size % 2
    }
    return offset > most ? .other : .needsMore
  }

  private static func layout(_ chunk: ArraySlice<UInt8>, size: Int) -> SampleLayout? {
    let start = chunk.startIndex
    func number(_ offset: Int, _ count: Int) -> Int {
      (0..<count).reduce(0) { $0 | Int(chunk[start + offset + $1]) << (8 * $1) }
    }
    var code = number(0, 2)
    let (channels, rate, bits) = (number(2, 2), number(4, 4), number(14, 2))
    // The extensible format has its code at the start of a longer one.
    if code == 0xFFFE, size >= 26 { code = number(24, 2) }
    let format: SampleFormat
    switch (code, bits) {
    case (1, 16): format = .s16
    case (1, 24): format = .s24In3
    case (1, 32): format = .s32
    case (3, 32): format = .float32
    default: return nil
    }
    guard (1...SoundFile.maximumChannels).contains(channels), AudioConditioner.inputRates.contains(rate) else {
      return nil
    }
    return SampleLayout(sampleRate: rate, format: format, channels: channels)
  }
}
