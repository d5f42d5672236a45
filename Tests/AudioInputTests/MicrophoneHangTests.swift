import AudioInput
import Glibc
import Synchronization
import Testing

/// A device whose waits return when the test lets them, in a time that passes when the test lets it.
///
/// Unchecked: `piece` belongs to the capture thread, the ends of the pipes are for one thread each.
private final class HeldDevice: CaptureSystem, CaptureStream, @unchecked Sendable {
  enum Answer: UInt8 {
    case timeOut, ready, fails, stopped
  }

  let diagnosis = DeviceDiagnosis(root: "/nowhere") { _ in true }
  let sampleRate = 16_000
  let longestRest = 100
  private let time = Atomic<Int64>(5_000_000_000)
  private let asked = HeldDevice.makePipe()
  private let answers = HeldDevice.makePipe()
  private let piece = UnsafeMutableBufferPointer<Float>.allocate(capacity: 160)

  init() { piece.initialize(repeating: 0) }

  deinit {
    for end in [asked.reader, asked.writer, answers.reader, answers.writer] { close(end) }
    piece.deallocate()
  }

  // MARK: The test's side

  /// Returns once the capture thread waits for sound, once for each wait; false if it never does.
  func awaitWait() -> Bool {
    var descriptor = pollfd(fd: asked.reader, events: Int16(POLLIN), revents: 0)
    guard poll(&descriptor, 1, 20_000) == 1 else { return false }
    _ = Self.take(asked.reader)
    return true
  }

  /// The wait returns.
  func answer(_ answer: Answer) { Self.put(answers.writer, answer.rawValue) }

  func pass(seconds: Int64) { time.add(seconds * 1_000_000_000, ordering: .acquiringAndReleasing) }

  // MARK: The capture thread's side

  func now() -> Int64 { time.load(ordering: .acquiring) }

  func open(device: String, channel: Int?, interrupt: CInt) throws(CaptureOpenError) -> any CaptureStream { self }

  func start() -> CInt { 0 }

  func resume() -> CInt { 0 }

  func wait(milliseconds: Int) -> CaptureWait {
    Self.put(asked.writer, 0)
    switch Answer(rawValue: Self.take(answers.reader)) {
    case .timeOut: return .timeOut
    case .ready: return .ready
    case .fails: return .failed(errno: EIO)
    case .stopped, nil: return .interrupted
    }
  }

  func read() -> CaptureReading { .samples(UnsafeBufferPointer(piece), drained: true) }

  func pause(milliseconds: Int, interrupt: CInt) -> DevicePause {
    sleep(interrupt: interrupt)
    return .interrupted
  }

  func sleep(interrupt: CInt) {
    var descriptor = pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)
    poll(&descriptor, 1, -1)
  }

  private static func makePipe() -> (reader: CInt, writer: CInt) {
    var ends: [CInt] = [-1, -1]
    pipe(&ends)
    return (ends[0], ends[1])
  }

  private static func put(_ descriptor: CInt, _ byte: UInt8) {
    var byte = byte
    _ = Glibc.write(descriptor, &byte, 1)
  }

  private static func take(_ descriptor: CInt) -> UInt8 {
    var byte = UInt8.max
    _ = Glibc.read(descriptor, &byte, 1)
    return byte
  }
}

/// What the reader makes of a capture thread that does not come back from the device.
@Suite(.timeLimit(.minutes(1))) struct MicrophoneHangTests {
  private let device = HeldDevice()
  private let microphone: Microphone

  init() throws { microphone = try Microphone(device: "held", channel: nil, waitForDevice: false, system: device) }

  private func read(milliseconds: Int = 1) -> AudioSourceItem {
    var buffer = [Float](repeating: 0, count: 160)
    return buffer.withUnsafeMutableBufferPointer { microphone.read(into: $0, timeoutMilliseconds: milliseconds) }
  }

  /// The next item that is not `.idle`, among so many that it would have come.
  private func next() -> AudioSourceItem? {
    for _ in 0..<10 {
      let item = read()
      if item != .idle { return item }
    }
    return nil
  }

  private func end() {
    microphone.stop()
    device.answer(.stopped)
  }

  @Test func `a hang before the first sound is noticed`() {
    defer { end() }
    // Given a device that was started, and a call that does not return
    #expect(device.awaitWait())
    device.pass(seconds: 3)
    #expect(next() == nil)
    // When that has lasted longer than any wait
    device.pass(seconds: 2)
    // Then it is told, once
    let told = next()
    guard case .device(.stalled, "held", _)? = told else {
      Issue.record("instead of a stall: \(String(describing: told))")
      return
    }
    #expect(microphone.isStuck)
    #expect(next() == nil)
    // And when the call fails after all, that is told, and nobody is stuck any longer
    device.answer(.fails)
    guard case .device(.lost, "held", _) = read(milliseconds: 10_000) else {
      Issue.record("the fault was not told")
      return
    }
    #expect(!microphone.isStuck)
  }

  @Test func `a machine that slept is no hang`() {
    defer { end() }
    // Given a microphone that listens
    #expect(device.awaitWait())
    device.answer(.ready)
    guard case .format = read(milliseconds: 10_000), case .device(.listening, _, _) = next(), case .samples = next()
    else {
      Issue.record("it does not listen")
      return
    }
    // When an hour passes during a wait, which the reader finds before the wait returns
    #expect(device.awaitWait())
    device.pass(seconds: 3600)
    #expect(read() == .idle)
    device.answer(.timeOut)
    // Then the next wait is another one, and no hang
    #expect(device.awaitWait())
    #expect(next() == nil)
    #expect(!microphone.isStuck)
    // But the one that then never returns is
    device.pass(seconds: 5)
    guard case .device(.stalled, "held", _)? = next() else {
      Issue.record("a hang was not noticed")
      return
    }
    #expect(microphone.isStuck)
  }
}
