import CSndFile
import Files
import Glibc

/// Sound in memory.
package struct Sound: Sendable {
  /// Mono, −1…1.
  package var samples: [Float]
  /// Hz.
  package var sampleRate: Int
  /// Sentences about irregularities of the file that did not stop the reading.
  package var warnings: [String]
}

/// A sound file, read through libsndfile as a stream of mono samples at the file's own rate: WAV, FLAC, Ogg, MP3 and
/// all other formats of the library. The samples that are present are read, whatever the header says. Floats beyond
/// −1…1 are scaled down; NaN becomes 0.
package final class SoundFile: @unchecked Sendable {
  /// The most channels that are mixed; the memory taken does not depend on it.
  package static let maximumChannels = 256
  /// What `read(path:)` takes, in seconds at the file's rate: one hour of telephone sound is 115 MB of samples.
  package static let maximumSeconds = 3600.0
  private static let blockSamples = 16_384

  package let path: String
  package let sampleRate: Int
  package let channels: Int
  /// The number of frames; nil if it is known only at the end.
  package let frames: Int?

  private let handle: OpaquePointer
  private var mixer: ChannelMixer
  private let block: UnsafeMutableBufferPointer<Float>
  private let framesPerBlock: Int
  /// What libsndfile reads.
  private let file: VirtualFile
  private let layout: SoundLayout
  /// For floats only.
  private let scale: FullScale
  /// The frames that the library promises; nil if the promise is unreliable.
  private let promised: Int?
  /// The next frame.
  private var position = 0
  /// Why there is no more, though there should be. libsndfile forgets it with the next call.
  private var failure: AudioInputError?
  /// The missing part at the end, once the end is reached.
  private var missing: String?

  /// Sentences that name the file: irregularities so far that did not stop the reading.
  package var warnings: [String] { [scaleWarning, missing].compactMap { $0 } }

  private var scaleWarning: String? {
    guard scale.isOfIntegers else { return nil }
    return "\(path) holds floats up to \(Int(min(scale.divisor, 1e12))), where 1 is full scale; they are scaled down"
  }

  /// `channel` counts from 1; without it the mean is used, or one channel if they cancel.
  package convenience init(path: String, channel: Int? = nil) throws {
    try self.init(ByteSource(path: path), path, channel)
  }

  /// A file in memory; `name` is its name in errors.
  package convenience init(bytes: [UInt8], name: String, channel: Int? = nil) throws {
    guard !bytes.isEmpty else { throw AudioInputError(.empty, "\(name) is empty") }
    try self.init(ByteSource(bytes), name, channel)
  }

  private init(_ source: ByteSource, _ path: String, _ channel: Int?) throws {
    var info = SF_INFO()
    guard let opened = Self.open(source, path, &info) else {
      throw AudioInputError(
        .notASoundFile, ForeignFormat.sentence(source, path: path, reason: SoundLibrary.reason(nil)))
    }
    (handle, file, layout) = opened
    let taken: Int?
    do {
      let known: Int?
      (known, taken) = try Self.check(info, path: path, channel: channel)
      frames = layout.lengthIsGuessed ? nil : known
      promised = layout.shortfall == .frames ? known : nil
    } catch {
      sf_close(opened.handle)
      throw error
    }
    self.path = path
    sampleRate = Int(info.samplerate)
    channels = Int(info.channels)
    mixer = ChannelMixer(channels: channels, sampleRate: sampleRate, channel: taken)
    framesPerBlock = Self.blockSamples / channels
    block = .allocate(capacity: framesPerBlock * channels)
    block.initialize(repeating: 0)
    scale = FullScale(of: source, info, opened.layout, block)
  }

  deinit {
    sf_close(handle)
    block.deallocate()
  }

  /// Opens the part of the file that is sound; if the library cannot read that, the whole file.
  private static func open(
    _ source: ByteSource, _ path: String, _ info: inout SF_INFO
  ) -> (handle: OpaquePointer, file: VirtualFile, layout: SoundLayout)? {
    let whole = SoundLayout([.file(0..<source.count)])
    let layout = SoundLayout(of: source)
    for layout in layout.pieces == whole.pieces ? [layout] : [layout, whole] {
      info = SF_INFO()
      let file = VirtualFile(source, layout.pieces)
      if let handle = file.open(&info) { return (handle, file, layout) }
    }
    // A few formats have no mark and are recognised by the file name's suffix.
    guard [".gsm", ".vox", ".au", ".snd"].contains(where: path.lowercased().hasSuffix) else { return nil }
    info = SF_INFO()
    guard let handle = FileName.withCString(path, { sf_open($0, CInt(SFM_READ), &info) }) else { return nil }
    return (handle, VirtualFile(source, []), whole)
  }

  // MARK: Reading

  /// Writes the next mono frames to the start of `buffer` and returns how many; 0 at the end.
  /// - Throws: `AudioInputError` instead of 0 if no more can be read though there is more.
  package func read(into buffer: UnsafeMutableBufferPointer<Float>) throws -> Int {
    var done = 0
    while done < buffer.count, failure == nil {
      // Never beyond the promised length: what follows are tags, not sound.
      let wanted = min(framesPerBlock, buffer.count - done, promised.map { $0 - position } ?? .max)
      let got = wanted > 0 ? Int(sf_readf_float(handle, block.baseAddress, sf_count_t(wanted))) : 0
      mix(frames: max(0, got), to: UnsafeMutableBufferPointer(rebasing: buffer[done...]))
      done += max(0, got)
      position += max(0, got)
      if got < wanted || wanted == 0 {
        end()
        break
      }
    }
    if done == 0, !buffer.isEmpty, let failure { throw failure }
    return done
  }

  /// Records what is wrong with the file if it ends here.
  private func end() {
    let rate = Double(sampleRate)
    let error = sf_error(handle)
    if error == SF_ERR_SYSTEM || (error != 0 && position == 0) {
      failure = AudioInputError(.unreadable, "\(path) cannot be read further: \(SoundLibrary.reason(handle))")
      return
    }
    let here = Self.seconds(position, rate)
    var there: Double?
    switch layout.shortfall {
    case .nothing: if error == 0 { return }
    case .seconds(let seconds): there = Double(position) / rate + seconds
    case .unknown: break
    case .frames:
      if error == 0, promised == nil { return }
      let lacking = Double((promised ?? .max) - position) / rate
      guard lacking > SoundLayout.moment else { return }
      there = promised.map { Double($0) / rate }
    }
    missing =
      there.map { "\(path) ends after \(here) s, where its header says \((($0 * 1000).rounded() / 1000)) s" }
      ?? "\(path) ends early, after \(here) s; the missing length is unknown"
  }

  /// Moves to a later frame, counted from 0: by seeking if the file's length is known, else by reading up to there.
  private func skip(toFrame frame: Int) throws {
    if frames != nil { return try seek(toFrame: frame) }
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: 4096) { buffer in
      buffer.initialize(repeating: 0)
      while position < frame {
        let part = UnsafeMutableBufferPointer(rebasing: buffer[..<min(buffer.count, frame - position)])
        if try read(into: part) == 0 { return }
      }
    }
  }

  /// Moves to a frame, counted from 0.
  package func seek(toFrame frame: Int) throws {
    guard sf_seek(handle, sf_count_t(frame), CInt(SEEK_SET)) == sf_count_t(frame) else {
      throw AudioInputError(.noSuchRange, "\(path) cannot be read from frame \(frame) on")
    }
    position = frame
    failure = nil
    missing = nil
  }

  /// A whole file, or the part of it between two times in seconds, as mono samples at its own rate.
  ///
  /// The length is checked before memory is taken for it. A part that lies partly beyond the end is cut there; a part
  /// beyond the end, or an empty one, is an error. The warnings say what the file lacks.
  package static func read(
    path: String, from: Double? = nil, to: Double? = nil, channel: Int? = nil, maximumSeconds: Double = maximumSeconds
  ) throws -> Sound {
    try SoundFile(path: path, channel: channel).read(from: from, to: to, maximumSeconds: maximumSeconds)
  }

  /// The same for a file that is open at its beginning.
  package func read(
    from: Double? = nil, to: Double? = nil, maximumSeconds: Double = maximumSeconds
  ) throws -> Sound {
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
    if first > 0 { try skip(toFrame: first) }

    var samples: [Float] = []
    // The header may be wrong, so only part of the memory is reserved in advance.
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
    guard !samples.isEmpty else {
      guard first > 0 else { throw AudioInputError(.empty, "\(path) holds no sound") }
      throw AudioInputError(
        .noSuchRange, "\(path) is \(Self.seconds(position, rate)) s long and has no part that begins at \(start) s")
    }
    return Sound(samples: samples, sampleRate: sampleRate, warnings: warnings)
  }

  /// The block's first frames, scaled and mixed.
  private func mix(frames: Int, to output: UnsafeMutableBufferPointer<Float>) {
    guard frames > 0, let samples = block.baseAddress, let mono = output.baseAddress else { return }
    for index in 0..<frames * channels { samples[index] = scale.apply(samples[index]) }
    mixer.mix(samples, count: frames, into: mono)
  }

  /// A finding about the channels since the last call; one at a time.
  package func takeFinding() -> ChannelFinding? { mixer.takeFinding() }

  private static func check(_ info: SF_INFO, path: String, channel: Int?) throws -> (frames: Int?, channel: Int?) {
    guard (1...maximumChannels).contains(Int(info.channels)) else {
      throw AudioInputError(
        .tooManyChannels, "\(path) has \(info.channels) channels; at most \(maximumChannels) are read")
    }
    guard AudioConditioner.inputRates.contains(Int(info.samplerate)) else {
      let rates = AudioConditioner.inputRates
      throw AudioInputError(
        .unusableRate,
        "\(path) has a sample rate of \(info.samplerate) Hz; it must be \(rates.lowerBound) to \(rates.upperBound) Hz")
    }
    if let channel, !(1...Int(info.channels)).contains(channel) {
      throw AudioInputError(
        .noSuchChannel, "\(path) has no channel \(channel); its channels are 1 to \(info.channels)")
    }
    guard info.frames != 0 else { throw AudioInputError(.empty, "\(path) holds no sound") }
    // A stream that was never finished gives the largest possible length.
    let known = info.frames > 0 && info.frames < Int64.max / 2
    return (known ? Int(info.frames) : nil, channel.map { $0 - 1 })
  }

  private static func tooLong(_ path: String, _ maximum: Double) -> AudioInputError {
    AudioInputError(.tooLong, "\(path) is too long: at most \(Int(maximum)) s are read at once")
  }

  private static func seconds(_ frames: Int, _ rate: Double) -> Double {
    (Double(frames) / rate * 1000).rounded() / 1000
  }
}
