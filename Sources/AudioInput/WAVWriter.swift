import Files

/// Writes mono 16-bit PCM WAV files (RIFF; Microsoft's "Multimedia Programming Interface and Data Specifications 1.0").
package enum WAVWriter {
  /// The bytes of a file with `samples`, −1…1, at `sampleRate` Hz. Values beyond are clipped; NaN becomes 0.
  package static func encode(_ samples: some Collection<Float>, sampleRate: Int) -> [UInt8] {
    let dataBytes = samples.count * 2
    var bytes: [UInt8] = []
    bytes.reserveCapacity(44 + dataBytes)
    func put<Value: FixedWidthInteger>(_ value: Value) {
      withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }
    bytes += "RIFF".utf8
    put(UInt32(clamping: 36 + dataBytes))
    bytes += "WAVEfmt ".utf8
    put(UInt32(16))
    put(UInt16(1))  // PCM
    put(UInt16(1))  // channels
    put(UInt32(clamping: sampleRate))
    put(UInt32(clamping: sampleRate * 2))
    put(UInt16(2))  // bytes a frame
    put(UInt16(16))  // bits a sample
    bytes += "data".utf8
    put(UInt32(clamping: dataBytes))
    for sample in samples {
      put(sample.isFinite ? Int16(clamping: Int((Double(min(2, max(-2, sample))) * 32768).rounded())) : 0)
    }
    return bytes
  }

  /// Makes or replaces the file atomically. Only its owner may read it, because it holds speech.
  package static func write(_ samples: some Collection<Float>, sampleRate: Int, to path: String) throws {
    do throws(FileError) {
      try WholeFile.write(encode(samples, sampleRate: sampleRate), to: path, mode: 0o600)
    } catch {
      throw AudioInputError(.unwritable, error.description)
    }
  }
}
