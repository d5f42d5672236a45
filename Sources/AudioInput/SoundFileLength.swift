import CSndFile

extension SoundFile {
  /// How many frames the header of an open file promises, be they there or not; nil where it does not say, or not exactly.
  ///
  /// Of a WAV file that was cut off libsndfile makes one that is complete and shorter; what its header said is only to be
  /// had from the chunk itself.
  static func promisedFrames(_ handle: OpaquePointer, _ info: SF_INFO) -> Int? {
    switch Int(info.format) & Int(SF_FORMAT_TYPEMASK) {
    case Int(SF_FORMAT_FLAC):
      return info.frames < Int64.max / 2 ? Int(info.frames) : nil
    case Int(SF_FORMAT_WAV), Int(SF_FORMAT_WAVEX):
      guard let size = sampleSize(info), let bytes = dataBytes(handle) else { return nil }
      return bytes / (size * Int(info.channels))
    default: return nil
    }
  }

  /// Bytes a sample; nil where samples have no size of their own.
  private static func sampleSize(_ info: SF_INFO) -> Int? {
    switch Int(info.format) & Int(SF_FORMAT_SUBMASK) {
    case Int(SF_FORMAT_PCM_U8), Int(SF_FORMAT_ULAW), Int(SF_FORMAT_ALAW): 1
    case Int(SF_FORMAT_PCM_16): 2
    case Int(SF_FORMAT_PCM_24): 3
    case Int(SF_FORMAT_PCM_32), Int(SF_FORMAT_FLOAT): 4
    case Int(SF_FORMAT_DOUBLE): 8
    default: nil
    }
  }

  /// What a WAV file's data chunk says of its length. Who writes into a pipe cannot come back to fill it in, and says 0 or
  /// as much as there can be: 4 GiB, or a little less than 2.
  private static func dataBytes(_ handle: OpaquePointer) -> Int? {
    var chunk = SF_CHUNK_INFO()
    withUnsafeMutableBytes(of: &chunk.id) { $0.copyBytes(from: "data".utf8) }
    chunk.id_size = 4
    guard let iterator = sf_get_chunk_iterator(handle, &chunk), sf_get_chunk_size(iterator, &chunk) == 0,
      chunk.datalen < 0x7fff_0000
    else { return nil }
    return Int(chunk.datalen)
  }
}
