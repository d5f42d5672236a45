import AudioInput
import Glibc
import Synchronization
import TestSupport

/// What libasound and the clock do, one after the other. A call that the script says nothing of succeeds at once.
enum CaptureStep {
  /// Opening succeeds, at this rate in Hz; or fails with this errno.
  case opens(Int)
  case openFails(CInt)
  /// Opening does not go on before so many ms have passed and `release()` was called.
  case openHangs(Int)
  /// Opening fails: the device has so many channels, and not the one that is wanted.
  case lacksChannel(Int, of: Int)
  /// So much sound can be read, in pieces of 10 ms, each of which takes `1 / speed` of that by the clock.
  case sound([Float], speed: Double = 1)
  case waitFails(CInt)
  case readFails(CInt)
  case startFails(CInt)
  case resumeFails(CInt)
  /// Nothing comes for so many ms, and no call fails.
  case nothing(Int)
  /// So many ms pass, and nobody calls.
  case pass(Int)
  /// Something changes in /dev while nobody but the pause looks.
  case deviceChange
  /// A read does not return before so many ms have passed and `release()` was called.
  case hangs(Int)
  /// Somebody wants nobody to be heard, while sound or a device is waited for.
  case pauseWanted
  /// That is over.
  case resumeWanted
  /// The last sound has shown something of the channels.
  case finds(ChannelFinding)
}

/// A machine's sound devices, their results scripted, in a time of its own: minutes pass in no time.
///
/// Unchecked: the script belongs to the thread that captures; `release` and what is atomic are for all.
final class ScriptedSystem: CaptureSystem, CaptureStream, @unchecked Sendable {
  let diagnosis: DeviceDiagnosis
  private(set) var sampleRate = 0
  let longestRest = 100
  private var steps: ArraySlice<CaptureStep>
  private let time = Atomic<Int64>(5_000_000_000)
  private let finished = Atomic(false)
  /// How long a call that hangs takes by the clock, in ms; 0 while none does.
  private let hanging = Atomic(0)
  /// What somebody wants, until the reader has passed it on.
  private let wanted = Atomic<UInt8>(0)
  /// What a hanging call waits on: a pipe.
  private let hang: (reader: CInt, writer: CInt)
  private var interrupt: CInt = -1
  /// The rest of the sound that is being read.
  private var sound: (samples: ArraySlice<Float>, speed: Double) = ([], 1)
  /// Pieces that nobody has taken yet: a second of them at most, since what finds no room in the ring is an overrun. The
  /// reader writes a byte into the pipe for each that it takes.
  private var waiting = 0
  private let taken: (reader: CInt, writer: CInt)
  private let piece = UnsafeMutableBufferPointer<Float>.allocate(capacity: 480)

  init(_ steps: [CaptureStep], diagnosis: DeviceDiagnosis) {
    self.steps = steps[...]
    self.diagnosis = diagnosis
    var ends: [CInt] = [-1, -1]
    pipe(&ends)
    hang = (ends[0], ends[1])
    pipe(&ends)
    taken = (ends[0], ends[1])
    piece.initialize(repeating: 0)
  }

  deinit {
    close(hang.reader)
    close(hang.writer)
    close(taken.reader)
    close(taken.writer)
    piece.deallocate()
  }

  /// Whether everything in the script has happened; what was read before has been handed on.
  var isFinished: Bool { finished.load(ordering: .acquiring) }

  /// Whether a call hangs; what was read before has been handed on.
  var isHanging: Bool { hanging.load(ordering: .acquiring) > 0 }

  /// The time that a hanging call takes goes by.
  func passHanging() {
    pass(milliseconds: Double(hanging.exchange(0, ordering: .acquiringAndReleasing)))
  }

  /// Whether somebody has come to want a pause, or the end of one.
  func takeWanted() -> Bool? {
    switch wanted.exchange(0, ordering: .acquiringAndReleasing) {
    case 1: true
    case 2: false
    default: nil
    }
  }

  /// It comes to be wanted, and the reader passes it on.
  private func want(pause: Bool, _ interrupt: CInt) {
    wanted.store(pause ? 1 : 2, ordering: .releasing)
    Self.await(interrupt)
  }

  private static func await(_ interrupt: CInt) {
    var descriptor = pollfd(fd: interrupt, events: Int16(POLLIN), revents: 0)
    poll(&descriptor, 1, -1)
  }

  /// A piece was taken.
  func take() {
    var byte: UInt8 = 0
    _ = write(taken.writer, &byte, 1)
  }

  /// The call that hangs returns.
  func release() {
    var byte: UInt8 = 0
    _ = write(hang.writer, &byte, 1)
  }

  func now() -> Int64 { time.load(ordering: .acquiring) }

  private func pass(milliseconds: Double) {
    time.add(Int64(milliseconds * 1_000_000), ordering: .acquiringAndReleasing)
  }

  /// The next step, after those at which only time passes.
  private func next() -> CaptureStep? {
    while case .pass(let milliseconds)? = steps.first {
      pass(milliseconds: Double(milliseconds))
      steps.removeFirst()
    }
    return steps.first
  }

  func open(device: String, channel: Int?, interrupt: CInt) throws(CaptureOpenError) -> any CaptureStream {
    self.interrupt = interrupt
    switch next() {
    case .opens(let rate)?:
      steps.removeFirst()
      sampleRate = rate
      return self
    case .openFails(let number)?:
      steps.removeFirst()
      throw .failed(call: "snd_pcm_open", errno: number)
    case .openHangs(let milliseconds)?:
      steps.removeFirst()
      hangs(milliseconds: milliseconds)
      return try open(device: device, channel: channel, interrupt: interrupt)
    case .lacksChannel(let channel, let count)?:
      steps.removeFirst()
      throw .noSuchChannel(channel, of: count)
    default:
      // The device stays away, and the script is over.
      finished.store(true, ordering: .releasing)
      throw .failed(call: "snd_pcm_open", errno: ENOENT)
    }
  }

  /// Waits until `release()` was called.
  private func hangs(milliseconds: Int) {
    hanging.store(milliseconds, ordering: .releasing)
    var byte: UInt8 = 0
    _ = Glibc.read(hang.reader, &byte, 1)
  }

  func start() -> CInt {
    guard case .startFails(let number)? = next() else { return 0 }
    steps.removeFirst()
    return number
  }

  func resume() -> CInt {
    guard case .resumeFails(let number)? = next() else { return 0 }
    steps.removeFirst()
    return number
  }

  func wait(milliseconds: Int) -> CaptureWait {
    if !sound.samples.isEmpty { return .ready }
    switch next() {
    case .sound(let samples, let speed)?:
      steps.removeFirst()
      sound = (samples[...], speed)
      return .ready
    case .nothing(let length)?:
      steps.removeFirst()
      let waited = min(length, milliseconds)
      pass(milliseconds: Double(waited))
      if length > waited { steps = [.nothing(length - waited)] + steps }
      return .timeOut
    case .waitFails(let number)?:
      steps.removeFirst()
      return .failed(errno: number)
    case .readFails?, .hangs?:
      return .ready
    case nil:
      finished.store(true, ordering: .releasing)
      Self.await(interrupt)
      return .interrupted
    case .pauseWanted?:
      steps.removeFirst()
      want(pause: true, interrupt)
      return .interrupted
    case .opens?, .openFails?, .openHangs?, .lacksChannel?, .startFails?, .resumeFails?, .pass?, .deviceChange?,
      .resumeWanted?, .finds?:
      // The machine does something else than the script expects: end it, and let the test's expectations tell.
      steps = []
      return .timeOut
    }
  }

  func read() -> CaptureReading {
    switch steps.first {
    case .readFails(let number)? where sound.samples.isEmpty:
      steps.removeFirst()
      return .failed(errno: number)
    case .hangs(let milliseconds)? where sound.samples.isEmpty:
      steps.removeFirst()
      hangs(milliseconds: milliseconds)
      guard case .sound(let samples, let speed)? = steps.first else { return .failed(errno: EAGAIN) }
      steps.removeFirst()
      sound = (samples[...], speed)
    default: break
    }
    if waiting < 100 {
      waiting += 1
    } else {
      var byte: UInt8 = 0
      _ = Glibc.read(taken.reader, &byte, 1)
    }
    let count = min(sampleRate / 100, sound.samples.count)
    _ = piece.update(from: sound.samples.prefix(count))
    sound.samples = sound.samples.dropFirst(count)
    pass(milliseconds: Double(count) * 1000 / Double(sampleRate) / sound.speed)
    return .samples(UnsafeBufferPointer(rebasing: piece[..<count]), drained: true)
  }

  func takeFinding() -> ChannelFinding? {
    guard sound.samples.isEmpty, case .finds(let finding)? = steps.first else { return nil }
    steps.removeFirst()
    return finding
  }

  func pause(milliseconds: Int, interrupt: CInt) -> DevicePause {
    if isFinished {
      Self.await(interrupt)
      return .interrupted
    }
    switch next() {
    case .deviceChange?:
      steps.removeFirst()
      pass(milliseconds: 1)
      return .deviceChange
    case .pauseWanted?:
      steps.removeFirst()
      want(pause: true, interrupt)
      return .interrupted
    default: break
    }
    pass(milliseconds: Double(milliseconds))
    return .over
  }

  func sleep(interrupt: CInt) {
    if case .resumeWanted? = next() {
      steps.removeFirst()
      want(pause: false, interrupt)
    } else {
      finished.store(true, ordering: .releasing)
      Self.await(interrupt)
    }
  }
}

/// The daemon's microphone over such a system, at its end when the script is.
final class ScriptedMicrophone: AudioSource {
  private let system: ScriptedSystem
  private let microphone: Microphone

  init(_ system: ScriptedSystem, device: String, isPaused: Bool = false) throws {
    self.system = system
    microphone = try Microphone(device: device, channel: nil, waitForDevice: true, isPaused: isPaused, system: system)
  }

  var isStuck: Bool { microphone.isStuck }

  func read(into buffer: UnsafeMutableBufferPointer<Float>, timeoutMilliseconds: Int) throws -> AudioSourceItem {
    let (isFinished, isHanging) = (system.isFinished, system.isHanging)
    if let pause = system.takeWanted() { microphone.pause(pause) }
    let item = microphone.read(into: buffer, timeoutMilliseconds: 5)
    if case .samples = item { system.take() }
    if microphone.isStuck { system.release() }
    if item == .idle, isHanging { system.passHanging() }
    if item == .idle, isFinished {
      microphone.stop()
      return .end
    }
    return item
  }

  func stop() { microphone.stop() }
}
