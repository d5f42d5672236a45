import AudioInput
import TestSupport
import Testing

@Suite struct SoundFileSourceTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func file(_ samples: [Float], rate: Int) throws -> String {
    let path = "\(folder.path)/sound.wav"
    try WAVWriter.write(samples, sampleRate: rate, to: path)
    return path
  }

  private func items(_ source: SoundFileSource, timeout: Int = 1000) throws -> (
    items: [AudioSourceItem], samples: [Float]
  ) {
    var items: [AudioSourceItem] = []
    var samples: [Float] = []
    var buffer = [Float](repeating: 0, count: 4096)
    while items.last != .end {
      let item = try buffer.withUnsafeMutableBufferPointer { try source.read(into: $0, timeoutMilliseconds: timeout) }
      if case .samples(let count) = item { samples += buffer[..<count] }
      items.append(item)
    }
    return (items, samples)
  }

  @Test func `the format comes first, then pieces of 10 ms`() throws {
    let sound = (0..<500).map { Float($0) / 1024 }
    let (items, samples) = try items(SoundFileSource(path: file(sound, rate: 16_000)))
    #expect(items == [.format(sampleRate: 16_000), .samples(160), .samples(160), .samples(160), .samples(20), .end])
    #expect(samples == sound)
  }

  @Test func `a file that ends too early is read to its end`() throws {
    let path = "\(folder.path)/cut.wav"
    _ = try folder.file(
      "cut.wav", wav(pcm16([Int16](repeating: 9, count: 500)), channels: 1, rate: 16_000, bits: 16, claimedBytes: 3200))
    let source = try SoundFileSource(path: path)
    var buffer = [Float](repeating: 0, count: 4096)
    func next() throws -> AudioSourceItem {
      try buffer.withUnsafeMutableBufferPointer { try source.read(into: $0, timeoutMilliseconds: 1000) }
    }
    #expect(try next() == .format(sampleRate: 16_000))
    for count in [160, 160, 160, 20] { #expect(try next() == .samples(count)) }
    #expect(try next() == .end)
    #expect(source.warnings == ["\(path) ends after 0.031 s, where its header says 0.1 s"])
  }

  @Test func `in real time nothing is missing either`() throws {
    let sound = Signal.sine(440, rate: 8000, count: 2000, amplitude: 0.5)
    let (items, samples) = try items(SoundFileSource(path: file(sound, rate: 8000), realtime: true))
    #expect(samples.count == 2000)
    #expect(Signal.largestDifference(samples, sound) < 1e-4)
    #expect(!items.contains(.idle))
  }

  @Test func `a short time-out gives idle, not sound`() throws {
    let source = try SoundFileSource(path: file([Float](repeating: 0, count: 800), rate: 8000), realtime: true)
    let (items, samples) = try items(source, timeout: 0)
    #expect(items.contains(.idle))
    #expect(samples.count == 800)
  }

  @Test(.timeLimit(.minutes(1))) func `stop ends a wait`() throws {
    // Given 1000 Hz and a buffer of ten samples, so that each read waits for a while
    let source = try SoundFileSource(path: file([Float](repeating: 0, count: 3_600_000), rate: 1000), realtime: true)
    let stopper = Background { source.stop() }
    let (items, _) = try items(source, timeout: 3_600_000)
    stopper.join()
    #expect(items.last == .end)
    #expect(items.count < 300_000)
  }
}
