import CSndFile
import Glibc

/// A sound file, read through libsndfile as a stream of mono samples at the file's own rate: WAV, FLAC, Ogg and
/// whatever else the library knows. Samples that are no numbers become 0, those beyond −1…1 are cut off.
public final class SoundFile: @unchecked Sendable {
  /// The most channels that are mixed; the memory taken does not depend on it.
  public static let maximumChannels = 256
  /// What `read(path:)` takes, in seconds at the file's rate: one hour of telephone sound is 115 MB of samples.
  public static let maximumSeconds = 3600.0
  private static let blockSamples = 16_384

  public let path: String
  public let sampleRate: Int
  public let channels: Int
  /// What the header says, as far as there is so much; nil if it does not say.
  public let frames: Int?

  private let handle: OpaquePointer
  private var mixer: ChannelMixer
  private let block: UnsafeMutableBufferPointer<Float>
  private let framesPerBlock: Int
  /// How many frames the header promises, be they there or not; nil if that cannot be relied on.
  private let promised: Int?
  /// The frame that is read next.
  private var position = 0
  /// Why there is no more though there should be. libsndfile forgets it with the next call.
  private var failure: AudioInputError?

  /// Where the file lies if that is memory.
  private let memory: SoundMemory?

  /// `channel` counts from 1; without it their mean is taken, or one of them where they cancel.
  public convenience init(path: String, channel: Int? = nil) throws {
    try Self.checkIsFile(path)
    try self.init(path, channel, memory: nil) { sf_open(path, CInt(SFM_READ), &$0) }
  }

  /// A file that lies in memory; `name` is what errors call it.
  public convenience init(bytes: [UInt8], name: String, channel: Int? = nil) throws {
    guard !bytes.isEmpty else { throw AudioInputError(.empty, "\(name) is empty") }
    let memory = SoundMemory(bytes)
    try self.init(name, channel, memory: memory) { memory.open(&$0) }
  }

  private init(
    _ path: String, _ channel: Int?, memory: SoundMemory?, open: (inout SF_INFO) -> OpaquePointer?
  ) throws {
    var info = SF_INFO()
    guard let handle = open(&info) else {
      throw AudioInputError(.notASoundFile, "\(path) is not a sound file: \(Self.reason(nil))")
    }
    self.memory = memory
    let taken: Int?
    do {
      (frames, taken) = try Self.check(info, path: path, channel: channel)
    } catch {
      sf_close(handle)
      throw error
    }
    self.handle = handle
    self.path = path
    sampleRate = Int(info.samplerate)
    channels = Int(info.channels)
    mixer = ChannelMixer(channels: channels, sampleRate: sampleRate, channel: taken)
    promised = Self.promisedFrames(handle, info)
    framesPerBlock = Self.blockSamples / channels
    block = .allocate(capacity: framesPerBlock * channels)
    block.initialize(repeating: 0)
  }

  deinit {
    sf_close(handle)
    block.deallocate()
  }

  /// Writes the next mono frames to the start of `buffer` and returns how many; 0 at the end.
  /// - Throws: `AudioInputError` instead of 0 if the file ends where it should not.
  public func read(into buffer: UnsafeMutableBufferPointer<Float>) throws -> Int {
    var done = 0
    while done < buffer.count, failure == nil {
      let wanted = min(framesPerBlock, buffer.count - done)
      let got = Int(sf_readf_float(handle, block.baseAddress, sf_count_t(wanted)))
      mix(frames: max(0, got), to: UnsafeMutableBufferPointer(rebasing: buffer[done...]))
      done += max(0, got)
      position += max(0, got)
      if got < wanted {
        failure = earlyEnd()
        break
      }
    }
    if done == 0, !buffer.isEmpty, let failure { throw failure }
    return done
  }

  /// What is wrong with the file if it ends here; nil if nothing is.
  private func earlyEnd() -> AudioInputError? {
    if sf_error(handle) != 0 {
      return AudioInputError(.unreadable, "\(path) cannot be read further: \(Self.reason(handle))")
    }
    guard let promised, position < promised else { return nil }
    let rate = Double(sampleRate)
    return AudioInputError(
      .unreadable,
      "\(path) ends after \(Self.seconds(position, rate)) s, where its header says \(Self.seconds(promised, rate)) s")
  }

  /// Moves to a frame, counted from 0.
  public func seek(toFrame frame: Int) throws {
    guard sf_seek(handle, sf_count_t(frame), CInt(SEEK_SET)) == sf_count_t(frame) else {
      throw AudioInputError(.noSuchRange, "\(path) cannot be read from frame \(frame) on")
    }
    position = frame
    failure = nil
  }

  /// A whole file, or the part of it between two times in seconds, as mono samples at its own rate.
  ///
  /// How long it is is checked before memory is taken for it. A part that lies partly beyond the end is cut there; one
  /// that lies all beyond it, or that holds nothing, is an error, and so is one in which a file ends that should be longer.
  public static func read(
    path: String, from: Double? = nil, to: Double? = nil, channel: Int? = nil, maximumSeconds: Double = maximumSeconds
  ) throws -> (samples: [Float], sampleRate: Int) {
    try SoundFile(path: path, channel: channel).read(from: from, to: to, maximumSeconds: maximumSeconds)
  }

  /// The same of a file that is open at its beginning.
  public func read(
    from: Double? = nil, to: Double? = nil, maximumSeconds: Double = maximumSeconds
  ) throws -> (samples: [Float], sampleRate: Int) {
    let rate = Double(sampleRate)
    // A bound that no sum below can overflow.
    let start = min(max(0, from ?? 0), 1e9)
    let end = min(to ?? 1e9, 1e9)
    guard start < end else {
      throw AudioInputError(.noSuchRange, "the part of \(path) from \(start) s to \(end) s holds nothing")
    }
    let first = Int((start * rate).rounded())
    let wanted = Int((end * rate).rounded()) - first
    if let frames, first >= frames {
      throw AudioInputError(
        .noSuchRange, "\(path) is \(Self.seconds(frames, rate)) s long and has no part that begins at \(start) s")
    }
    let limit = Int(maximumSeconds * rate)
    let expected = min(wanted, (frames ?? 0) - first)
    guard expected <= limit else { throw Self.tooLong(path, maximumSeconds) }
    if first > 0 { try seek(toFrame: first) }

    var samples: [Float] = []
    // The header may lie: only a part is believed in advance.
    samples.reserveCapacity(min(max(0, expected), 1 << 20))
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: 4096) { buffer in
      buffer.initialize(repeating: 0)
      while samples.count < wanted {
        let n = min(buffer.count, wanted - samples.count)
        let got = try read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<n]))
        if got == 0 { break }
        guard samples.count + got <= limit else { throw Self.tooLong(path, maximumSeconds) }
        samples.append(contentsOf: buffer[..<got])
      }
    }
    guard !samples.isEmpty else { throw AudioInputError(.empty, "\(path) holds no sound") }
    return (samples, sampleRate)
  }

  /// The block's first frames, made finite and within −1…1, and mixed.
  private func mix(frames: Int, to output: UnsafeMutableBufferPointer<Float>) {
    guard frames > 0, let samples = block.baseAddress, let mono = output.baseAddress else { return }
    for index in 0..<frames * channels {
      samples[index] = samples[index].isFinite ? min(1, max(-1, samples[index])) : 0
    }
    mixer.mix(samples, count: frames, into: mono)
  }

  /// What was found of the channels since this was asked the last time: one thing at a time.
  public func takeFinding() -> ChannelFinding? { mixer.takeFinding() }

  private static func checkIsFile(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      switch errno {
      case ENOENT, ENOTDIR: throw AudioInputError(.noSuchFile, "\(path): there is no such file")
      case EACCES: throw AudioInputError(.notPermitted, "\(path) may not be read")
      default: throw AudioInputError(.unreadable, "\(path) cannot be read: \(String(cString: strerror(errno)))")
      }
    }
    // A pipe would make the open wait for ever.
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw AudioInputError(.notAFile, "\(path) is a directory, not a sound file")
    default: throw AudioInputError(.notAFile, "\(path) is not a regular file")
    }
    guard status.st_size > 0 else { throw AudioInputError(.empty, "\(path) is empty") }
    guard access(path, R_OK) == 0 else { throw AudioInputError(.notPermitted, "\(path) may not be read") }
  }

  private static func check(_ info: SF_INFO, path: String, channel: Int?) throws -> (frames: Int?, channel: Int?) {
    guard (1...maximumChannels).contains(Int(info.channels)) else {
      throw AudioInputError(
        .tooManyChannels, "\(path) has \(info.channels) channels; at most \(maximumChannels) are read")
    }
    guard AudioConditioner.inputRates.contains(Int(info.samplerate)) else {
      let rates = AudioConditioner.inputRates
      throw AudioInputError(
        .unusableRate,
        "\(path) has a sample rate of \(info.samplerate) Hz; \(rates.lowerBound) to \(rates.upperBound) Hz are read")
    }
    if let channel, !(1...Int(info.channels)).contains(channel) {
      throw AudioInputError(
        .noSuchChannel, "\(path) has no channel \(channel); its channels are 1 to \(info.channels)")
    }
    guard info.frames != 0 else { throw AudioInputError(.empty, "\(path) holds no sound") }
    // A stream that was never finished says "as many as there may be".
    let known = info.frames > 0 && info.frames < Int64.max / 2
    return (known ? Int(info.frames) : nil, channel.map { $0 - 1 })
  }

  private static func tooLong(_ path: String, _ maximum: Double) -> AudioInputError {
    AudioInputError(.tooLong, "\(path) is too long: at most \(Int(maximum)) s are read at once")
  }

  private static func seconds(_ frames: Int, _ rate: Double) -> Double {
    (Double(frames) / rate * 1000).rounded() / 1000
  }

  /// libsndfile's own words, as a clause.
  private static func reason(_ handle: OpaquePointer?) -> String {
    guard let text = sf_strerror(handle) else { return "unknown error" }
    var words = String(cString: text)
    while let last = words.last, last == "." || last.isWhitespace { words.removeLast() }
    return words
  }
}
