import Glibc

/// Writes mono 16-bit PCM WAV files (RIFF; Microsoft's "Multimedia Programming Interface and Data Specifications 1.0").
public enum WAVWriter {
  /// The bytes of a file that holds `samples`, −1…1, at `sampleRate` Hz. What is beyond is cut off, what is no number is 0.
  public static func encode(_ samples: some Collection<Float>, sampleRate: Int) -> [UInt8] {
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

  /// Makes, or replaces, the file. Only its owner may read it: it holds what somebody said.
  public static func write(_ samples: some Collection<Float>, sampleRate: Int, to path: String) throws {
    func failure() -> AudioInputError {
      AudioInputError(.unwritable, "\(path) cannot be written: \(String(cString: strerror(errno)))")
    }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure() }
    let bytes = encode(samples, sampleRate: sampleRate)
    let written: Bool = bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let n = Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
        if n < 0 {
          if errno == EINTR { continue }
          return false
        }
        done += n
      }
      return true
    }
    guard written else {
      let error = failure()
      close(descriptor)
      throw error
    }
    guard close(descriptor) == 0 else { throw failure() }
  }
}
