import AudioInput
import Testing

@Suite struct SampleFormatTests {
  private func decode(_ format: SampleFormat, _ bytes: [UInt8]) -> [Float] {
    let samples = bytes.count / format.bytes
    return [Float](unsafeUninitializedCapacity: samples) { output, count in
      output.initialize(repeating: 9)
      bytes.withUnsafeBytes { raw in
        if let base = raw.baseAddress, let numbers = output.baseAddress {
          format.decode(base, count: samples, into: numbers)
        }
      }
      count = samples
    }
  }

  @Test func `every format gives the same numbers`() {
    // 0.5, −1, the least step above zero, and −0.25
    #expect(decode(.s16, [0, 0x40, 0, 0x80, 1, 0, 0, 0xE0]) == [0.5, -1, 0x1p-15, -0.25])
    #expect(decode(.s24In3, [0, 0, 0x40, 0, 0, 0x80, 1, 0, 0, 0, 0, 0xE0]) == [0.5, -1, 0x1p-23, -0.25])
    #expect(decode(.s32, [0, 0, 0, 0x40, 0, 0, 0, 0x80, 1, 0, 0, 0, 0, 0, 0, 0xE0]) == [0.5, -1, 0x1p-31, -0.25])
    // The fourth byte of S24_LE may hold anything.
    #expect(
      decode(.s24In4, [0, 0, 0x40, 0x77, 0, 0, 0x80, 0, 1, 0, 0, 0xFF, 0, 0, 0xE0, 0]) == [0.5, -1, 0x1p-23, -0.25])
    #expect(decode(.float32, float32([0.5, -1, 0.1, -0.25])) == [0.5, -1, 0.1, -0.25])
  }

  @Test func `floats are made finite and clipped to ±1`() {
    #expect(decode(.float32, float32([.nan, .infinity, 1.5, -9])) == [0, 0, 1, -1])
  }
}
