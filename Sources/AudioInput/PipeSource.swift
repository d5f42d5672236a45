import CALSA
import Files
import Glibc
import Synchronization

/// Sound from a pipe instead of a microphone: standard input, a FIFO or a device. It is recognised as it arrives; the
/// source ends with the pipe.
///
/// Raw samples need a layout; a WAV file has it in its header. Any other sound file is read to its end first, because
/// it can only be decoded as a whole.
package final class PipeSource: AudioSource, @unchecked Sendable {
  /// The most bytes of a file that is read as a whole.
  package static let longestFile = 256 << 20

  private enum State {
    /// The bytes so far, while the format is still unknown.
    case unknown
    case samples(SampleLayout)
    /// A file in memory.
    case file(SoundFile)
    case over
  }

  private let descriptor: CInt
  private let name: String
  private let channel: Int?
  private let stopDescriptor: CInt
  private let stopping = Atomic<Bool>(false)
  // Owned by the reading thread.
  private var state: State
  private var isFormatReported = false
  /// The bytes read, and how many of them were consumed.
  private var bytes: [UInt8] = []
  private var taken = 0
  private var isAtEnd = false
  private var mixer = ChannelMixer(channels: 1, sampleRate: AudioConditioner.outputRate)
  private let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
  /// 10 ms of all channels.
  private var numbers: [Float] = []

  /// - Parameters:
  ///   - descriptor: closed at the end unless it is standard input.
  ///   - name: the name in errors.
  ///   - layout: the layout of raw samples; nil for a sound file.
  ///   - channel: the requested channel, from 1; nil for the mean of all.
  package init(descriptor: CInt, name: String, layout: SampleLayout?, channel: Int? = nil) throws {
    self.descriptor = descriptor
    self.name = name
    self.channel = channel
    stopDescriptor = try CaptureLink.makeEventDescriptor()
    state = .unknown
    if let layout { try begin(layout) }
  }

  /// Opens a path for reading; opening a FIFO waits for a writer. "-" is standard input.
  package convenience init(path: String, layout: SampleLayout?, channel: Int? = nil) throws {
    if path == "-" {
      try self.init(descriptor: STDIN_FILENO, name: "standard input", layout: layout, channel: channel)
      return
    }
    let descriptor = FileName.withCString(path) { open($0, O_RDONLY | O_CLOEXEC) }
    guard descriptor >= 0 else {
      throw AudioInputError(.unreadable, "\(FileName.shown(path)) cannot be read: \(systemReason(errno))")
    }
    try self.init(descriptor: descriptor, name: FileName.shown(path), layout: layout, channel: channel)
  }

  /// Whether a path is standard input or another readable thing that is not a regular file.
  package static func isPipe(_ path: String) -> Bool {
    var status = stat()
    guard (path == "-" ? fstat(STDIN_FILENO, &status) : FileName.withCString(path) { stat($0, &status) }) == 0 else {
      return false
    }
    return [S_IFIFO, S_IFCHR, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  deinit {
    if descriptor != STDIN_FILENO { close(descriptor) }
    close(stopDescriptor)
    chunk.deallocate()
  }

  package func stop() {
    stopping.store(true, ordering: .releasing)
    CaptureLink.wake(stopDescriptor)
  }

  package func read(into buffer: UnsafeMutableBufferPointer<Float>, timeoutMilliseconds: Int) throws -> AudioSourceItem
  {
    while true {
      if stopping.load(ordering: .acquiring) { return .end }
      switch state {
      case .unknown:
        guard try find() else { return try wait(timeoutMilliseconds) ?? .idle }
      case .samples(let layout):
        if let item = samples(layout, into: buffer) { return item }
        if isAtEnd {
          state = .over
        } else if let item = try wait(timeoutMilliseconds) {
          return item
        }
      case .file(let file): return try read(file, into: buffer)
      case .over: return .end
      }
    }
  }

  // MARK: Input

  /// Waits for more. Nil if some came, or at the end.
  private func wait(_ milliseconds: Int) throws -> AudioSourceItem? {
    var descriptors = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: stopDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    let result = poll(&descriptors, 2, CInt(clamping: milliseconds))
    if descriptors[1].revents != 0 { return .end }
    guard result > 0 else { return .idle }
    let count = Glibc.read(descriptor, chunk.baseAddress, chunk.count)
    if count < 0 {
      if errno == EINTR || errno == EAGAIN { return .idle }
      throw AudioInputError(.unreadable, "\(name) cannot be read further: \(systemReason(errno))")
    }
    isAtEnd = count == 0
    bytes.removeFirst(taken)
    taken = 0
    bytes += chunk[..<count]
    return nil
  }

  /// Detects the format. False if more is needed for that.
  private func find() throws -> Bool {
    switch WAVHeaderParser.parse(bytes) {
    case .samples(let layout, let from):
      taken = from
      try begin(layout)
      return true
    case .needsMore where !isAtEnd: return false
    case .needsMore, .other:
      guard bytes.count <= Self.longestFile else {
        throw AudioInputError(
          .tooLong,
          "\(name) is not a WAV file and is larger than \(Self.longestFile >> 20) MiB; for raw samples use --raw")
      }
      guard isAtEnd else { return false }
      state = .file(try SoundFile(bytes: bytes, name: name, channel: channel))
      bytes = []
      return true
    }
  }

  private func begin(_ layout: SampleLayout) throws {
    if let channel, !(1...layout.channels).contains(channel) {
      throw AudioInputError(
        .noSuchChannel, "\(name) has no channel \(channel); its channels are 1 to \(layout.channels)")
    }
    mixer = ChannelMixer(
      channels: layout.channels, sampleRate: layout.sampleRate, channel: channel.map { $0 - 1 })
    numbers = [Float](repeating: 0, count: Self.piece(layout) * layout.channels)
    state = .samples(layout)
  }

  /// Frames in 10 ms.
  private static func piece(_ layout: SampleLayout) -> Int { max(1, layout.sampleRate / 100) }

  /// The next 10 ms, or the rest at the end. Nil if more input is needed.
  private func samples(
    _ layout: SampleLayout, into buffer: UnsafeMutableBufferPointer<Float>
  ) -> AudioSourceItem? {
    if !isFormatReported {
      isFormatReported = true
      return .format(sampleRate: layout.sampleRate)
    }
    if let finding = mixer.takeFinding() { return .channels(finding) }
    let whole = min(buffer.count, Self.piece(layout))
    let frames = min(whole, (bytes.count - taken) / layout.frameBytes)
    guard frames == whole || (isAtEnd && frames > 0) else { return nil }
    bytes.withUnsafeBytes { raw in
      numbers.withUnsafeMutableBufferPointer { numbers in
        guard let samples = raw.baseAddress, let input = numbers.baseAddress, let output = buffer.baseAddress else {
          return
        }
        layout.format.decode(samples + taken, count: frames * layout.channels, into: input)
        mixer.mix(input, count: frames, into: output)
      }
    }
    taken += frames * layout.frameBytes
    return .samples(frames)
  }

  private func read(_ file: SoundFile, into buffer: UnsafeMutableBufferPointer<Float>) throws -> AudioSourceItem {
    if !isFormatReported {
      isFormatReported = true
      return .format(sampleRate: file.sampleRate)
    }
    if let finding = file.takeFinding() { return .channels(finding) }
    let count = min(buffer.count, max(1, file.sampleRate / 100))
    let got = try file.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
    if got == 0 { state = .over }
    return got == 0 ? .end : .samples(got)
  }
}
