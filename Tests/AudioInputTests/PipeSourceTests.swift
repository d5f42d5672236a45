import AudioInput
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct PipeSourceTests {
  /// What a source gives, to its end.
  private struct Heard: Equatable {
    var rate = 0
    var samples: [Float] = []
    var channels: [ChannelFinding] = []
  }

  private func hear(_ source: some AudioSource) throws -> Heard {
    var heard = Heard()
    var buffer = [Float](repeating: 0, count: 1920)
    while true {
      let item = try buffer.withUnsafeMutableBufferPointer { try source.read(into: $0, timeoutMilliseconds: 1000) }
      switch item {
      case .format(let rate): heard.rate = rate
      case .samples(let count): heard.samples += buffer[..<count]
      case .channels(let finding): heard.channels.append(finding)
      case .end: return heard
      default: break
      }
    }
  }

  /// A source at one end of a pipe, into the other of which goes all of `bytes`, a few at a time.
  private func source(_ bytes: [UInt8], step: Int = 1000, layout: SampleLayout? = nil, channel: Int? = nil) throws
    -> PipeSource
  {
    var ends: [CInt] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let writer = ends[1]
    Background {
      for start in stride(from: 0, to: bytes.count, by: step) {
        var rest = bytes[start..<min(start + step, bytes.count)]
        while !rest.isEmpty {
          let count = rest.withUnsafeBytes { write(writer, $0.baseAddress, $0.count) }
          if count <= 0 { break }
          rest = rest.dropFirst(count)
        }
      }
      close(writer)
    }.detach()
    return try PipeSource(descriptor: ends[0], name: "the pipe", layout: layout, channel: channel)
  }

  private func failure(_ body: () throws -> Void) -> AudioInputError? {
    do { try body() } catch { return error as? AudioInputError }
    return nil
  }

  private let voice = Signal.sine(300, rate: 16_000, count: 16_005, amplitude: 0.25)
  private var samples: [Int16] { voice.map { Int16($0 * 32_767) } }

  @Test(arguments: [1, 1000, 65_536]) func `plain samples are read to the last`(step: Int) throws {
    let heard = try hear(source(pcm16(samples), step: step, layout: SampleLayout("16000,S16_LE,1")))
    #expect(heard.rate == 16_000 && heard.samples == samples.map { Float($0) / 32_768 })
  }

  @Test func `channels are mixed, or one is chosen`() throws {
    let layout = try SampleLayout("16000,S16_LE,2")
    let stereo = pcm16(samples.flatMap { [$0, -$0] })
    let heard = try hear(source(stereo, layout: layout))
    #expect(heard.channels.count == 1)
    #expect(abs(Signal.decibels(heard.samples) - Signal.decibels(voice)) < 0.1)
    let second = try hear(source(stereo, layout: layout, channel: 2))
    #expect(second.samples == samples.map { Float(-$0) / 32_768 })
    #expect(failure { _ = try source([], layout: layout, channel: 3) }?.code == .noSuchChannel)
  }

  /// As arecord writes it: more bytes are promised than ever come.
  @Test(arguments: [1, 7, 1000]) func `a WAV file is read as it comes`(step: Int) throws {
    let file = wav(pcm16(samples), channels: 1, rate: 16_000, bits: 16, claimedBytes: 0x7FFF_F000)
    #expect(try hear(source(file, step: step)).samples == samples.map { Float($0) / 32_768 })
  }

  @Test func `another sound file is read once it is complete`() throws {
    // Unsigned bytes, which no microphone gives.
    let file = wav([UInt8](repeating: 192, count: 800), channels: 1, rate: 8000, bits: 8)
    let heard = try hear(source(file))
    #expect(heard.rate == 8000 && heard.samples == [Float](repeating: 0.5, count: 800))
  }

  @Test(arguments: [[UInt8](), Array("nonsense".utf8), Array("RIFF".utf8)]) func `input that is not sound is named`(
    bytes: [UInt8]
  ) {
    let error = failure { _ = try hear(source(bytes)) }
    #expect(error?.description.hasPrefix("the pipe is") == true, "\(String(describing: error))")
  }

  @Test func `a pipe without data is idle until it is stopped`() throws {
    var ends: [CInt] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { close(ends[1]) }
    let source = try PipeSource(descriptor: ends[0], name: "the pipe", layout: SampleLayout("8000,S16_LE,1"))
    var buffer = [Float](repeating: 0, count: 80)
    func read(_ milliseconds: Int) throws -> AudioSourceItem {
      try buffer.withUnsafeMutableBufferPointer { try source.read(into: $0, timeoutMilliseconds: milliseconds) }
    }
    #expect(try read(0) == .format(sampleRate: 8000))
    #expect(try read(1) == .idle)
    source.stop()
    #expect(try read(60_000) == .end)
  }

  @Test func `a FIFO is read`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("fifo")
    try #require(mkfifo(path, 0o600) == 0)
    let bytes = pcm16(samples)
    Background {
      let writer = open(path, O_WRONLY)
      _ = bytes.withUnsafeBytes { write(writer, $0.baseAddress, $0.count) }
      close(writer)
    }.detach()
    #expect(PipeSource.isPipe(path))
    let source = try PipeSource(path: path, layout: SampleLayout("16000,S16_LE,1"))
    #expect(try hear(source).samples.count == samples.count)
    #expect(!PipeSource.isPipe(#filePath) && !PipeSource.isPipe("/no/file"))
  }

  @Test(arguments: ["", "16000", "16000,S16_LE", "16000,S16_LE,1,1", "0,S16_LE,1", "16000,S8,1", "16000,S16_LE,0"])
  func `a wrong sample layout is named`(text: String) {
    #expect(failure { _ = try SampleLayout(text) }?.description.contains("\"") == true || text.contains("S8"))
  }

  @Test func `a sample layout is named as arecord does`() throws {
    #expect(try SampleLayout("48000, s32_le, 2") == SampleLayout(sampleRate: 48_000, format: .s32, channels: 2))
  }
}
