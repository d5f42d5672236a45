import CSndFile
import Files

/// Writes mono 16-bit PCM WAV files with libsndfile.
package enum WAVWriter {
  /// The bytes of a file with `samples`, −1…1, at `sampleRate` Hz. Values beyond are clipped; NaN becomes 0.
  /// - Throws: `unwritable` where libsndfile refuses, as for a rate of 0 Hz.
  package static func encode(_ samples: some Collection<Float>, sampleRate: Int) throws(AudioInputError) -> [UInt8] {
    let memory = MemoryFile(capacity: 44 + samples.count * 2)
    // The file refers to the object without keeping it alive.
    return try withExtendedLifetime(memory) { () throws(AudioInputError) -> [UInt8] in
      var info = SF_INFO()
      info.samplerate = CInt(clamping: sampleRate)
      info.channels = 1
      info.format = CInt(SF_FORMAT_WAV | SF_FORMAT_PCM_16)
      guard let handle = memory.open(&info) else { throw failure(nil) }
      let values = samples.map { sample in
        sample.isFinite ? Int16(clamping: Int((Double(min(2, max(-2, sample))) * 32768).rounded())) : 0
      }
      let written = sf_write_short(handle, values, sf_count_t(values.count))
      guard written == sf_count_t(values.count) else {
        let error = failure(handle)
        sf_close(handle)
        throw error
      }
      // Writes the sizes into the header.
      guard sf_close(handle) == 0 else { throw failure(nil) }
      return memory.bytes
    }
  }

  /// Makes or replaces the file atomically. Only its owner may read it, because it holds speech.
  package static func write(
    _ samples: some Collection<Float>, sampleRate: Int, to path: String
  ) throws(AudioInputError) {
    let bytes = try encode(samples, sampleRate: sampleRate)
    do throws(FileError) {
      try WholeFile.write(bytes, to: path, mode: 0o600)
    } catch {
      throw AudioInputError(.unwritable, error.description)
    }
  }

  private static func failure(_ handle: OpaquePointer?) -> AudioInputError {
    AudioInputError(.unwritable, "a WAV file cannot be written: \(SoundLibrary.reason(handle))")
  }
}
