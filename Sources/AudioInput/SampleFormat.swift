package import CALSA

/// The sample formats of microphones, in the order in which they are tried. All are little-endian.
package enum SampleFormat: CaseIterable {
  case s16, s24In3, s32, float32, s24In4

  package var alsa: snd_pcm_format_t {
    switch self {
    case .s16: SND_PCM_FORMAT_S16_LE
    case .s24In3: SND_PCM_FORMAT_S24_3LE
    case .s32: SND_PCM_FORMAT_S32_LE
    case .float32: SND_PCM_FORMAT_FLOAT_LE
    case .s24In4: SND_PCM_FORMAT_S24_LE
    }
  }

  /// The name in arecord.
  package var name: String {
    switch self {
    case .s16: "S16_LE"
    case .s24In3: "S24_3LE"
    case .s32: "S32_LE"
    case .float32: "FLOAT_LE"
    case .s24In4: "S24_LE"
    }
  }

  package var bytes: Int {
    switch self {
    case .s16: 2
    case .s24In3: 3
    case .s32, .float32, .s24In4: 4
    }
  }

  /// Converts samples of this format to floats, −1…1. NaN becomes 0; values beyond the range are clipped.
  ///
  /// - Parameters:
  ///   - raw: `count` samples of this format.
  ///   - output: room for as many.
  package func decode(_ raw: UnsafeRawPointer, count: Int, into output: UnsafeMutablePointer<Float>) {
    switch self {
    case .s16:
      Self.each(count, output) { i in
        Float(Int16(littleEndian: raw.loadUnaligned(fromByteOffset: 2 * i, as: Int16.self))) * 0x1p-15
      }
    case .s24In3:
      Self.each(count, output) { i in
        let low = UInt32(raw.loadUnaligned(fromByteOffset: 3 * i, as: UInt8.self))
        let middle = UInt32(raw.loadUnaligned(fromByteOffset: 3 * i + 1, as: UInt8.self))
        let high = UInt32(raw.loadUnaligned(fromByteOffset: 3 * i + 2, as: UInt8.self))
        return Float(Int32(bitPattern: high << 24 | middle << 16 | low << 8)) * 0x1p-31
      }
    case .s32:
      Self.each(count, output) { i in
        Float(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self))) * 0x1p-31
      }
    case .s24In4:
      Self.each(count, output) { i in
        Float(Int32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * i, as: Int32.self)) << 8) * 0x1p-31
      }
    case .float32:
      Self.each(count, output) { i in
        let x = Float(
          bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
        return x.isFinite ? min(1, max(-1, x)) : 0
      }
    }
  }

  @inline(__always)
  private static func each(_ count: Int, _ output: UnsafeMutablePointer<Float>, _ sample: (Int) -> Float) {
    for index in 0..<count { output[index] = sample(index) }
  }
}
