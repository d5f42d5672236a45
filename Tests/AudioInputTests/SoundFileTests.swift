import AudioInput
import Files
import Glibc
import TestSupport
import Testing

@Suite struct SoundFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func failure(_ body: () throws -> Void) -> AudioInputError? {
    do { try body() } catch { return error as? AudioInputError }
    return nil
  }

  // MARK: Right files

  @Test func `channels that cancel are heard`() throws {
    let voice = Signal.sine(300, rate: 8000, count: 8000, amplitude: 0.25)
    let samples = voice.flatMap { [Int16($0 * 32_767), Int16($0 * -32_767)] }
    let path = try folder.file("turned.wav", wav(pcm16(samples), channels: 2, rate: 8000, bits: 16))
    let mono = try SoundFile.read(path: path).samples
    #expect(abs(Signal.decibels(mono) - Signal.decibels(voice)) < 0.1)
    let source = try SoundFileSource(path: path)
    var found: [ChannelFinding] = []
    var buffer = [Float](repeating: 0, count: 80)
    reading: while true {
      switch try buffer.withUnsafeMutableBufferPointer({ try source.read(into: $0, timeoutMilliseconds: 0) }) {
      case .channels(let finding): found.append(finding)
      case .end: break reading
      default: break
      }
    }
    #expect(found.count == 1 && found != [.cancelling(heard: nil)])
  }

  @Test func `channels are mixed, or one is chosen`() throws {
    let path = try folder.file("two.wav", wav(pcm16([16_384, 0, -16_384, 8192]), channels: 2, rate: 44_100, bits: 16))
    let mixed = try SoundFile.read(path: path)
    #expect(mixed.samples == [0.25, -0.125])
    #expect(mixed.sampleRate == 44_100)
    #expect(try SoundFile.read(path: path, channel: 1).samples == [0.5, -0.5])
    #expect(try SoundFile.read(path: path, channel: 2).samples == [0, 0.25])
    #expect(failure { _ = try SoundFile(path: path, channel: 3) }?.code == .noSuchChannel)
    #expect(failure { _ = try SoundFile(path: path, channel: 0) }?.code == .noSuchChannel)
  }

  @Test func `200 channels are mixed`() throws {
    let frames: [Int16] = (0..<300).flatMap { f in (0..<200).map { c in c < 100 ? Int16(f * 100) : 0 } }
    let path = try folder.file("many.wav", wav(pcm16(frames), channels: 200, rate: 8000, bits: 16))
    let samples = try SoundFile.read(path: path).samples
    #expect(samples.count == 300)
    #expect(Signal.largestDifference(samples, (0..<300).map { Float($0 * 100) / 65_536 }) < 1e-6)
  }

  @Test func `too many channels are refused`() throws {
    let path = try folder.file(
      "more.wav", wav(pcm16([Int16](repeating: 1, count: 300)), channels: 300, rate: 8000, bits: 16))
    let error = failure { _ = try SoundFile.read(path: path) }
    #expect(error?.code == .tooManyChannels)
    #expect(error?.description == "\(path) has 300 channels; at most 256 are read")
  }

  @Test func `samples that are not numbers become zero, and those over full scale are scaled down`() throws {
    let values: [Float] = [.nan, .infinity, -.infinity, 4, -8, 0.5, 1e30]
    let path = try folder.file("odd.wav", wav(float32(values), channels: 1, rate: 8000, bits: 32, float: true))
    let sound = try SoundFile.read(path: path)
    #expect(sound.samples == [0, 0, 0, 0.5, -1, 0.0625, 0])
    // Recorders of floats write such: no word about it.
    #expect(sound.warnings.isEmpty)
  }

  @Test(arguments: [(Float(32_768), 32_768), (8_388_608, 8_388_608), (40_000, 40_000), (33, 32_768)])
  func `integers written as floats are scaled down, with a warning`(peak: Float, scale: Int) throws {
    let path = try folder.file(
      "integers.wav", wav(float32([peak, -peak / 2, 0]), channels: 1, rate: 8000, bits: 32, float: true))
    let sound = try SoundFile.read(path: path)
    #expect(sound.samples == [peak / Float(scale), -peak / 2 / Float(scale), 0])
    #expect(sound.warnings == ["\(path) holds floats up to \(scale), where 1 is full scale; they are scaled down"])
  }

  @Test func `the scale is that of the whole file, though only a part is read`() throws {
    // Given sound that is quiet where it is listened to and loud later on
    let values = [Float](repeating: 16, count: 4000) + [Float](repeating: 16_384, count: 4000)
    let path = try folder.file("later.wav", wav(float32(values), channels: 1, rate: 8000, bits: 32, float: true))
    #expect(try SoundFile.read(path: path, to: 0.25).samples == [Float](repeating: 16 / 32_768, count: 2000))
  }

  @Test(arguments: ["flac", "ogg"]) func `FLAC and Ogg are read`(kind: String) throws {
    let tone = Signal.sine(440, rate: 16_000, count: 16_000, amplitude: 0.5)
    let source = "\(folder.path)/tone.wav"
    try WAVWriter.write(tone, sampleRate: 16_000, to: source)
    let path = "\(folder.path)/tone.\(kind)"
    #expect(try run("sox", source, path) == 0)
    let sound = try SoundFile.read(path: path)
    #expect(sound.sampleRate == 16_000)
    #expect(sound.samples.count == 16_000)
    #expect(abs(Signal.decibels(sound.samples) + 9.03) < 0.2)
  }

  @Test func `a part is read`() throws {
    let path = try folder.file(
      "ramp.wav", wav(pcm16((0..<16_000).map { Int16($0) }), channels: 1, rate: 8000, bits: 16))
    let part = try SoundFile.read(path: path, from: 0.5, to: 0.75).samples
    #expect(part.count == 2000)
    #expect(part[0] == Float(4000) / 32_768)
    #expect(try SoundFile.read(path: path, from: 1.9).samples.count == 800)
    #expect(try SoundFile.read(path: path, to: 0.1).samples.count == 800)
    #expect(try SoundFile.read(path: path, from: 1, to: 99).samples.count == 8000)
    #expect(failure { _ = try SoundFile.read(path: path, from: 2) }?.code == .noSuchRange)
    #expect(failure { _ = try SoundFile.read(path: path, from: 1, to: 1) }?.code == .noSuchRange)
    #expect(failure { _ = try SoundFile.read(path: path, from: 1, to: -.infinity) }?.code == .noSuchRange)
    #expect(try SoundFile.read(path: path, from: -3, to: .infinity).samples.count == 16_000)
  }

  // MARK: Cut off

  /// All that can be read in pieces of `most` frames, and what came then instead of the end.
  private func stream(_ file: SoundFile, most: Int) -> (samples: [Float], error: AudioInputError?) {
    var samples: [Float] = []
    var buffer = [Float](repeating: 0, count: most)
    let error = failure {
      while true {
        let got = try buffer.withUnsafeMutableBufferPointer { try file.read(into: $0) }
        if got == 0 { break }
        samples += buffer[..<got]
      }
    }
    return (samples, error)
  }

  @Test(arguments: [1, 77, 500, 4096]) func `a truncated file is read as far as it goes, with a warning`(most: Int)
    throws
  {
    let bytes = wav(
      pcm16([Int16](repeating: 100, count: 1000)), channels: 2, rate: 8000, bits: 16, claimedBytes: 64_000)
    let path = try folder.file("cut.wav", bytes)
    let warnings = ["\(path) ends after 0.063 s, where its header says 2.0 s"]
    // A stream gives what is there, and knows at its end what is not
    let file = try SoundFile(path: path)
    #expect(file.warnings.isEmpty)
    let streamed = stream(file, most: most)
    #expect(streamed.samples.count == 500 && streamed.error == nil)
    #expect(file.warnings == warnings)
    #expect(stream(file, most: most).samples.isEmpty)
    // It can be read once more
    try file.seek(toFrame: 400)
    #expect(file.warnings.isEmpty)
    #expect(stream(file, most: most).samples.count == 100)
    // What is not there is missed only where it was asked for
    for (to, count) in [(0.05, 400), (0.0625, 500)] {
      let part = try SoundFile.read(path: path, to: to)
      #expect(part.samples.count == count && part.warnings.isEmpty)
    }
    #expect(try SoundFile.read(path: path).warnings == warnings)
    let part = try SoundFile.read(path: path, from: 0.05, to: 1)
    #expect(part.samples.count == 100 && part.warnings == warnings)
    #expect(try SoundFile(bytes: bytes, name: path).read().warnings == warnings)
  }

  /// What is written into a pipe cannot say how long it is.
  @Test(arguments: [0xffff_ffff, 0x8000_0000, 0x7fff_ffff, 0x7fff_f000])
  func `a stream that was saved to a file is complete`(claimedBytes: Int) throws {
    let path = try folder.file(
      "stream.wav",
      wav(pcm16([Int16](repeating: 100, count: 500)), channels: 1, rate: 8000, bits: 16, claimedBytes: claimedBytes))
    #expect(try SoundFile.read(path: path).samples.count == 500)
  }

  @Test(arguments: [8, 16, 24, 32]) func `a file of any sample width is complete`(bits: Int) throws {
    for channels in 1...3 {
      // A byte too many is no frame
      let data = [UInt8](repeating: 1, count: 100 * channels * bits / 8)
      let bytes = wav(
        data, channels: channels, rate: 8000, bits: bits, claimedBytes: data.count + (bits * channels > 8 ? 1 : 0))
      let path = try folder.file("wide.wav", bytes)
      #expect(try SoundFile.read(path: path).samples.count == 100)
    }
  }

  /// libsndfile tells of the cut only with the read that meets it, be that one short or empty.
  @Test(arguments: [160, 4096, 16_384]) func `a truncated FLAC file is read, whole or as a stream`(most: Int) throws {
    let flac = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined() + "/Fixtures/three-voices.flac"
    for length in [30_000, 60_000, 62_000, 70_000] {
      let path = "\(folder.path)/half.flac"
      try #expect(run("sh", "-c", "head -c \(length) '\(flac)' > '\(path)'") == 0)
      let file = try SoundFile(path: path)
      let (samples, error) = stream(file, most: most)
      #expect(samples.count > 30_000 && samples.count < 100_000 && error == nil)
      let seconds = (Double(samples.count) / Double(file.sampleRate) * 1000).rounded() / 1000
      #expect(file.warnings.first?.hasPrefix("\(path) ends after \(seconds) s, where its header says ") == true)
      #expect(try SoundFile.read(path: path, from: 0.01).warnings == file.warnings)
    }
    let whole = try SoundFile(path: flac)
    #expect(stream(whole, most: most).error == nil && whole.warnings.isEmpty)
  }

  @Test func `a FLAC file whose last byte is a zero is whole`() throws {
    /// CRC with this polynomial, from 0, the highest bit first.
    func checksum(_ bytes: [UInt8], _ polynomial: UInt32, bits: Int) -> [UInt8] {
      var sum: UInt32 = 0
      for byte in bytes {
        sum ^= UInt32(byte) << (bits - 8)
        for _ in 0..<8 { sum = (sum >> (bits - 1) & 1 == 1 ? sum << 1 ^ polynomial : sum << 1) & (1 << bits - 1) }
      }
      return stride(from: bits - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: sum >> $0) }
    }
    /// 4096 samples of this value, 16 bits, 8 kHz, mono (RFC 9639, 9.1 and 9.2).
    func frame(_ number: UInt8, of value: UInt16) -> [UInt8] {
      let header: [UInt8] = [0xff, 0xf8, 0xc4, 0x08, number]
      let body = header + checksum(header, 0x07, bits: 8) + [0, UInt8(value >> 8), UInt8(value & 0xff)]
      return body + checksum(body, 0x8005, bits: 16)
    }
    let format = UInt64(8000) << 44 | 15 << 36 | 8192
    let start: [UInt8] =
      Array("fLaC".utf8) + [0x80, 0, 0, 34, 0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0]
      + (0..<8).map { UInt8(truncatingIfNeeded: format >> (56 - 8 * $0)) } + [UInt8](repeating: 0, count: 16)
    let last = try #require((1...65_535).lazy.map { frame(1, of: $0) }.first { $0.last == 0 })
    for behind in [0, 1, 2, 500] {
      let path = try folder.file(
        "zero.flac", start + frame(0, of: 1000) + last + [UInt8](repeating: 0, count: behind))
      let file = try SoundFile(path: path)
      #expect(stream(file, most: 1000).samples.count == 8192 && file.warnings.isEmpty, "\(behind) zeros behind it")
    }
  }

  // MARK: Streams

  @Test func `a stream gives what the whole file gives`() throws {
    var random = SeededGenerator(seed: 5)
    let values = (0..<100_000).map { _ in Int16.random(in: .min ... .max, using: &random) }
    let path = try folder.file("noise.wav", wav(pcm16(values), channels: 2, rate: 48_000, bits: 16))
    let file = try SoundFile(path: path)
    #expect(file.frames == 50_000)
    #expect(file.channels == 2)
    var streamed: [Float] = []
    var buffer = [Float](repeating: 0, count: 777)
    while true {
      let got = try buffer.withUnsafeMutableBufferPointer { try file.read(into: $0) }
      if got == 0 { break }
      streamed += buffer[..<got]
    }
    #expect(streamed == (try SoundFile.read(path: path).samples))
  }

  // MARK: Wrong files

  @Test func `a missing file is named`() {
    let error = failure { _ = try SoundFile.read(path: "/no/such/file.wav") }
    #expect(error == AudioInputError(.noSuchFile, "/no/such/file.wav: there is no such file"))
  }

  @Test func `a directory is refused`() {
    let error = failure { _ = try SoundFile.read(path: folder.path) }
    #expect(error == AudioInputError(.notAFile, "\(folder.path) is a directory, not a sound file"))
  }

  @Test(.timeLimit(.minutes(1))) func `a pipe is read`() throws {
    let sound = try folder.file(
      "sound.wav", wav(pcm16([Int16](repeating: 100, count: 500)), channels: 1, rate: 8000, bits: 16))
    let path = folder.path("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    // The writer waits for a reader, and the reader for a writer.
    try #require(run("sh", "-c", "cat '\(sound)' > '\(path)' &") == 0)
    #expect(try SoundFile.read(path: path).samples.count == 500)
  }

  @Test(arguments: ["/dev/null", "/dev/zero"]) func `a device is refused`(path: String) {
    let error = failure { _ = try SoundFile.read(path: path) }
    #expect(error == AudioInputError(.notAFile, "\(path) is neither a file nor a pipe"))
  }

  @Test func `file names are bytes`() throws {
    let name = "M" + FileName.text([0xFC]) + "ller.wav"
    let path = try folder.file(name, wav(pcm16([1, 2, 3]), channels: 1, rate: 8000, bits: 16))
    #expect(try SoundFile.read(path: path).samples.count == 3)
    let missing = folder.path(FileName.text([0xFD]))
    #expect(failure { _ = try SoundFile.read(path: missing) }?.code == .noSuchFile)
  }

  @Test func `empty files are refused`() throws {
    let nothing = try folder.file("nothing.wav", [])
    #expect(failure { _ = try SoundFile.read(path: nothing) } == AudioInputError(.empty, "\(nothing) is empty"))
    let silent = try folder.file("header.wav", wav([], channels: 1, rate: 8000, bits: 16))
    #expect(failure { _ = try SoundFile.read(path: silent) }?.code == .empty)
  }

  /// Found by the fuzzer: what looks like a tag at the end begins before what looks like sound.
  @Test func `a FLAC mark inside a tag makes no sound file`() throws {
    let bytes =
      Array("TAG".utf8) + [UInt8](repeating: 1, count: 40) + Array("fLaC".utf8) + [UInt8](repeating: 2, count: 81)
    #expect(bytes.count == 128)
    #expect(failure { _ = try SoundFile(bytes: bytes, name: "sound") }?.code == .notASoundFile)
  }

  @Test func `other files are refused`() throws {
    var random = SeededGenerator(seed: 11)
    let texts: [[UInt8]] = [
      Array("hello, this is no sound".utf8), Array("RIFF".utf8), Array("fLaC".utf8),
      (0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) },
    ]
    for (index, bytes) in texts.enumerated() {
      let path = try folder.file("text\(index)", bytes)
      let error = failure { _ = try SoundFile.read(path: path) }
      #expect(error?.code == .notASoundFile)
      #expect(error?.description.hasPrefix("\(path) is not a sound file: ") == true)
      #expect(error?.description.hasSuffix("; WAV, FLAC, Ogg Vorbis, Opus, MP3, AIFF, AU and CAF are read") == true)
    }
  }

  @Test func `a long file is refused before memory is taken`() throws {
    let path = try folder.file(
      "long.wav", wav(pcm16([Int16](repeating: 0, count: 16_001)), channels: 1, rate: 8000, bits: 16))
    #expect(try SoundFile.read(path: path, maximumSeconds: 3).samples.count == 16_001)
    let error = failure { _ = try SoundFile.read(path: path, maximumSeconds: 2) }
    #expect(error == AudioInputError(.tooLong, "\(path) is too long: at most 2 s are read at once"))
    // A short part of a long file is welcome.
    #expect(try SoundFile.read(path: path, from: 1, to: 1.5, maximumSeconds: 1).samples.count == 4000)
  }

  @Test(arguments: [1, 999, 2_000_000]) func `unusable rates are refused`(rate: Int) throws {
    let path = try folder.file("rate.wav", wav(pcm16([1, 2, 3]), channels: 1, rate: rate, bits: 16))
    #expect(failure { _ = try SoundFile.read(path: path) }?.code == .unusableRate)
  }

  /// Damaged headers and bodies: an error or samples within bounds, never a crash. Seeded.
  @Test func `damaged files do no harm`() throws {
    var random = SeededGenerator(seed: 99)
    let whole = wav(pcm16((0..<400).map { Int16($0 * 50) }), channels: 2, rate: 16_000, bits: 16)
    for _ in 0..<500 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        bytes[Int.random(in: 0..<60, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...800, using: &random)) }
      let path = try folder.file("damaged.wav", bytes)
      do {
        let samples = try SoundFile.read(path: path).samples
        #expect(samples.allSatisfy { abs($0) <= 1 })
      } catch let error as AudioInputError {
        #expect(error.description.contains(path))
      }
    }
  }

  // MARK: Writing

  @Test func `a file that was written is read back the same`() throws {
    let path = "\(folder.path)/out.wav"
    try WAVWriter.write([0, 0.5, -0.5, 2, -2, .nan, 1], sampleRate: 8000, to: path)
    let sound = try SoundFile.read(path: path)
    #expect(sound.sampleRate == 8000)
    #expect(sound.samples == [0, 0.5, -0.5, 32_767 / 32_768, -1, 0, 32_767 / 32_768])
    var status = stat()
    stat(path, &status)
    #expect(status.st_mode & 0o777 == 0o600)
    #expect(failure { try WAVWriter.write([0], sampleRate: 8000, to: "/no/such/folder/out.wav") }?.code == .unwritable)
  }

  @Test func `an impossible rate is refused`() {
    let error = failure { _ = try WAVWriter.encode([0], sampleRate: 0) }
    #expect(error?.code == .unwritable)
    #expect(error?.description.hasPrefix("a WAV file cannot be written: ") == true)
  }

  @Test func `a file without samples is a header of 44 bytes`() throws {
    let bytes = try WAVWriter.encode([], sampleRate: 16_000)
    #expect(bytes.count == 44)
    #expect(bytes.starts(with: "RIFF".utf8))
    #expect(bytes.suffix(4) == [0, 0, 0, 0])
  }
}
