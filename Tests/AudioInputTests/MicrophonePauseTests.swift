import AudioInput
import Glibc
import Synchronization
import TestSupport
import Testing

/// A device that gives sound at once for as long as it is open, and counts how often it is.
///
/// Unchecked: what is not atomic belongs to the capture thread.
private final class CountingDevice: CaptureSystem, @unchecked Sendable {
  /// Open until it is forgotten, as libasound's are.
  final class Stream: CaptureStream {
    let sampleRate = 16_000
    let longestRest = 100
    private let device: CountingDevice
    private let interrupt: CInt
    private let piece = UnsafeMutableBufferPointer<Float>.allocate(capacity: 160)

    init(device: CountingDevice, interrupt: CInt) {
      self.device = device
      self.interrupt = interrupt
      piece.initialize(repeating: 0)
      device.open.add(1, ordering: .acquiringAndReleasing)
      device.openings.add(1, ordering: .acquiringAndReleasing)
    }

    deinit {
      piece.deallocate()
      device.open.subtract(1, ordering: .acquiringAndReleasing)
    }

    func start() -> CInt { 0 }
    func resume() -> CInt { 0 }

    /// One piece every five milliseconds, until something else is wanted.
    func wait(milliseconds: Int) -> CaptureWait {
      var descriptor = pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)
      return poll(&descriptor, 1, 5) > 0 ? .interrupted : .ready
    }

    func read() -> CaptureReading {
      device.time.add(10_000_000, ordering: .acquiringAndReleasing)
      return .samples(UnsafeBufferPointer(piece), drained: true)
    }
  }

  let diagnosis = DeviceDiagnosis(root: "/nowhere") { _ in true }
  let open = Atomic(0)
  let openings = Atomic(0)
  private let time = Atomic<Int64>(5_000_000_000)

  func now() -> Int64 { time.load(ordering: .acquiring) }

  func open(device: String, channel: Int?, interrupt: CInt) throws(CaptureOpenError) -> any CaptureStream {
    Stream(device: self, interrupt: interrupt)
  }

  func pause(milliseconds: Int, interrupt: CInt) -> DevicePause { .over }

  func sleep(interrupt: CInt) {
    var descriptor = pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)
    poll(&descriptor, 1, -1)
  }
}

@Suite(.timeLimit(.minutes(1))) struct MicrophonePauseTests {
  private let device = CountingDevice()

  private func microphone(isPaused: Bool = false) throws -> Microphone {
    try Microphone(device: "counting", channel: nil, waitForDevice: false, isPaused: isPaused, system: device)
  }

  /// The next thing that is told of the device.
  private func nextState(_ microphone: Microphone) -> DeviceState? {
    var buffer = [Float](repeating: 0, count: 160)
    while true {
      switch buffer.withUnsafeMutableBufferPointer({ microphone.read(into: $0, timeoutMilliseconds: 1000) }) {
      case .device(let state, _, _): return state
      case .end: return nil
      default: continue
      }
    }
  }

  @Test(arguments: [Attention.close, .resting]) func `a pause closes the device before it is reported`(
    attention: Attention
  ) throws {
    let microphone = try microphone()
    defer { microphone.stop() }
    #expect(nextState(microphone) == .listening)
    microphone.attend(attention)
    for opening in 1...20 {
      #expect(device.open.load(ordering: .acquiring) == 1)
      #expect(device.openings.load(ordering: .acquiring) == opening)
      #expect(microphone.pause(true))
      #expect(nextState(microphone) == .paused)
      #expect(device.open.load(ordering: .acquiring) == 0)
      #expect(microphone.pause(false))
      #expect(nextState(microphone) == .listening)
    }
  }

  @Test func `only the last of many requests counts`() throws {
    let microphone = try microphone()
    defer { microphone.stop() }
    #expect(nextState(microphone) == .listening)
    for _ in 0..<1000 {
      microphone.pause(true)
      microphone.pause(false)
    }
    microphone.pause(true)
    var state = nextState(microphone)
    while state == .listening { state = nextState(microphone) }
    // It may have been paused more than once; the last time it stays.
    while device.open.load(ordering: .acquiring) > 0 { state = nextState(microphone) }
    #expect(state == .paused)
  }

  @Test func `a paused microphone opens nothing until it is resumed`() throws {
    let microphone = try microphone(isPaused: true)
    defer { microphone.stop() }
    #expect(nextState(microphone) == .paused)
    #expect(device.openings.load(ordering: .acquiring) == 0)
    microphone.pause(false)
    #expect(nextState(microphone) == .listening)
  }

  @Test func `a paused microphone stops at once`() throws {
    let microphone = try microphone(isPaused: true)
    #expect(nextState(microphone) == .paused)
    microphone.stop()
    // Too late to be resumed.
    microphone.pause(false)
    #expect(nextState(microphone) == nil)
    #expect(device.openings.load(ordering: .acquiring) == 0)
  }

  @Test func `a file cannot be paused`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.wav", try WAVWriter.encode([Float](repeating: 0, count: 800), sampleRate: 8000))
    #expect(try !SoundFileSource(path: path).pause(true))
  }
}
