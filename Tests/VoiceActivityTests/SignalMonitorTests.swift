import Testing
import VoiceActivity

@Suite struct SignalMonitorTests {
  private static let settings = {
    var settings = SignalMonitor.Settings()
    (settings.silentAfter, settings.soundAfter, settings.silentAfterAtMost) = (200, 5, 6400)
    (settings.clippedWeight, settings.clippingAt, settings.clippingLimit) = (30, 240, 300)
    return settings
  }()
  private let dead = SignalMonitor.FrameShape(isDead: true, isClipped: false)
  private let fine = SignalMonitor.FrameShape(isDead: false, isClipped: false)
  private let clipped = SignalMonitor.FrameShape(isDead: false, isClipped: true)

  private func changes(
    _ monitor: inout SignalMonitor, _ frames: [SignalMonitor.FrameShape]
  ) -> [(frame: Int, change: SignalMonitor.Change)] {
    frames.enumerated().compactMap { index, frame in monitor.process(frame).map { (index, $0) } }
  }

  private func shape(_ samples: [Float]) -> SignalMonitor.FrameShape {
    samples.withUnsafeBufferPointer { SignalMonitor.FrameShape(of: $0) }
  }

  @Test func `two seconds of zeros are a condition, reported once, and five frames of sound end it`() {
    var monitor = SignalMonitor(Self.settings)
    let frames = Array(repeating: dead, count: 500) + Array(repeating: fine, count: 50)
    let told = changes(&monitor, frames)
    #expect(told.map(\.change) == [.silent(true), .silent(false)])
    #expect(told.map(\.frame) == [199, 504])
  }

  @Test func `the end of the signal ends what holds, and the next begins anew`() {
    var monitor = SignalMonitor(Self.settings)
    #expect(monitor.end().isEmpty)
    _ = changes(&monitor, Array(repeating: clipped, count: 20) + Array(repeating: dead, count: 250))
    #expect(monitor.end() == [.silent(false), .clipping(false)])
    #expect(monitor.end().isEmpty)
    let told = changes(&monitor, Array(repeating: dead, count: 250))
    #expect(told.map(\.change) == [.silent(true)] && told.map(\.frame) == [199])
  }

  @Test func `a live frame within the two seconds starts the count again`() {
    var monitor = SignalMonitor(Self.settings)
    for _ in 0..<10 {
      #expect(changes(&monitor, Array(repeating: dead, count: 199) + [fine]).isEmpty)
    }
  }

  @Test func `a crackle in a dead line does not end the condition`() {
    var monitor = SignalMonitor(Self.settings)
    #expect(changes(&monitor, Array(repeating: dead, count: 200)).map(\.change) == [.silent(true)])
    for _ in 0..<10 {
      #expect(changes(&monitor, Array(repeating: fine, count: 4) + [dead]).isEmpty)
    }
  }

  @Test func `a microphone with a noise gate is reported less and less often`() {
    var monitor = SignalMonitor(Self.settings)
    let gated = (0..<100).flatMap { _ in Array(repeating: dead, count: 400) + Array(repeating: fine, count: 50) }
    #expect(changes(&monitor, gated).map(\.change) == [.silent(true), .silent(false), .silent(true), .silent(false)])
    // One that is muted is told of all the same.
    #expect(changes(&monitor, Array(repeating: dead, count: 6400)).map(\.change) == [.silent(true)])
  }

  @Test func `clipping again and again is a condition, and three seconds without end it`() {
    var monitor = SignalMonitor(Self.settings)
    let told = changes(&monitor, Array(repeating: clipped, count: 20) + Array(repeating: fine, count: 400))
    #expect(told.map(\.change) == [.clipping(true), .clipping(false)])
    #expect(told.map(\.frame) == [7, 319])
  }

  @Test func `a clipped frame now and then is no condition`() {
    var monitor = SignalMonitor(Self.settings)
    for _ in 0..<100 {
      #expect(changes(&monitor, Array(repeating: clipped, count: 2) + Array(repeating: fine, count: 60)).isEmpty)
    }
  }

  @Test func `silence and clipping are reported independently`() {
    var monitor = SignalMonitor(Self.settings)
    let told = changes(
      &monitor, Array(repeating: clipped, count: 10) + Array(repeating: dead, count: 320))
    #expect(told.map(\.change) == [.clipping(true), .silent(true), .clipping(false)])
  }

  @Test func `zeros and less than a tenth of a 16-bit step are dead, half a step is not`() {
    #expect(shape([Float](repeating: 0, count: 80)).isDead)
    #expect(shape([Float](repeating: 2e-6, count: 80)).isDead)
    #expect(!shape([Float](repeating: 0, count: 79) + [1.5e-5]).isDead)
  }

  @Test func `three samples at full scale in a row are clipped, two are not, of either sign`() {
    let rest = [Float](repeating: 0.2, count: 70)
    #expect(shape(rest + [1, 1, 0.99] + rest).isClipped)
    #expect(shape(rest + [-1, -1, -1]).isClipped)
    #expect(!shape(rest + [1, 1, 0.9, 1, 1] + rest).isClipped)
  }
}
