/// Common formats that are not supported, by their first bytes, so that the error can name them.
enum ForeignFormat {
  static let readable = "WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF, AU and CAF are read"

  static func name(of source: ByteSource) -> String? {
    func big(_ offset: Int) -> Int { source.big(offset, 4) }
    if source.has("ftyp", at: 4) { return "an MPEG-4 file (m4a, mp4)" }
    if big(0) == 0x1A45_DFA3 { return "a WebM or Matroska file" }
    if big(0) == 0x3026_B275 { return "a Windows Media file (wma, asf)" }
    if source.has("#!AMR", at: 0) { return "an AMR file" }
    if source.has("#!SILK", at: 0) || source.has("#!SILK", at: 1) { return "a SILK file" }
    if source.has("DSD ", at: 0) || source.has("FRM8", at: 0) { return "a DSD file" }
    if source.has("wvpk", at: 0) { return "a WavPack file" }
    if source.has("MAC ", at: 0) { return "a Monkey's Audio file" }
    if source.has("ADIF", at: 0) || source.big(0, 2) & 0xfff6 == 0xfff0 { return "an AAC file" }
    if source.has(".RMF", at: 0) || source.has(".ra", at: 0) { return "a RealAudio file" }
    if source.has("MThd", at: 0) { return "a MIDI file, which holds no sound" }
    if source.has("PK", at: 0), source.big(2, 2) == 0x0304 { return "a zip archive" }
    if source.big(0, 2) == 0x1f8b { return "a gzip archive" }
    return nil
  }

  /// The error for a file that cannot be read: its format if that is known, and the supported formats.
  static func sentence(_ source: ByteSource, path: String, reason: String) -> String {
    if let name = name(of: source) {
      return
        "\(path) is not a sound file that can be read: it is \(name); \(readable) (ffmpeg -i FILE out.wav makes one)"
    }
    return "\(path) is not a sound file: \(reason); \(readable)"
  }
}
