import CALSA
import Files
import Glibc

/// The capture thread: carries out the state machine's commands and passes the results back to it. While sound flows it
/// neither allocates nor locks; its memory is taken when the device is opened.
final class CaptureThread {
  private let device: String
  private let channel: Int?
  private let link: CaptureLink
  private let system: any CaptureSystem
  private var machine = CaptureStateMachine()
  private var stream: (any CaptureStream)?
  /// Opened by the caller that made this object, to learn at once whether it works.
  private var firstOpening: Result<any CaptureStream, CaptureOpenError>?

  private init(
    device: String, channel: Int?, link: CaptureLink, system: any CaptureSystem,
    firstOpening: Result<any CaptureStream, CaptureOpenError>?
  ) {
    self.device = device
    self.channel = channel
    self.link = link
    self.system = system
    self.firstOpening = firstOpening
  }

  /// Starts the thread, which ends soon after `link.stop()`. Nothing waits for its end, because a hanging sound server
  /// may hold it in a call for any time.
  static func launch(
    device: String, channel: Int?, link: CaptureLink, system: any CaptureSystem,
    firstOpening: sending Result<any CaptureStream, CaptureOpenError>?
  ) throws {
    let thread = CaptureThread(
      device: device, channel: channel, link: link, system: system, firstOpening: firstOpening)
    let context = Unmanaged.passRetained(thread)
    var id = pthread_t()
    let result = pthread_create(
      &id, nil,
      { context in
        guard let context else { return nil }
        calsa_name_thread("capture")
        Unmanaged<CaptureThread>.fromOpaque(context).takeRetainedValue().run()
        return nil
      }, context.toOpaque())
    guard result == 0 else {
      context.release()
      throw AudioInputError(
        .deviceUnusable, "the capture thread cannot be started: \(systemReason(result))")
    }
    pthread_detach(id)
  }

  private func run() {
    CaptureThread.blockSignals()
    var command = machine.first
    while command != .end {
      guard let event = wanted() ?? perform(command) else {
        // Interrupted: look up the current wish.
        link.wish.settle()
        continue
      }
      // The thread was reported as hanging, so the result is reported even if it is the same fault as before.
      if link.takeHang() { machine.forgetFault() }
      // Samples are written after the reports of the read that brought them.
      let step = machine.handle(event, now: readTime ?? system.now())
      step.reports.forEach(link.report)
      if let samples = readSamples {
        reportFindings()
        link.write(samples)
      }
      readSamples = nil
      readTime = nil
      command = step.command
    }
    stream = nil
    link.finish()
  }

  /// Whether the state machine was last told to pause.
  private var isPauseReported = false

  /// The change of the wish since the last call; nil for none.
  private func wanted() -> CaptureEvent? {
    switch link.wish.current {
    case .end: return .stop
    case .capture where isPauseReported:
      isPauseReported = false
      return .resumeWanted
    case .pause where !isPauseReported:
      isPauseReported = true
      return .pauseWanted
    case .capture, .pause: return nil
    }
  }

  /// The device holds more than was read the last time.
  private var isBehind = false
  private var readSamples: UnsafeBufferPointer<Float>?
  private var readTime: Int64?

  /// Opening, starting or closing a device takes this long only if it hangs: a sound server's library gives up after
  /// half a minute. Nanoseconds.
  private static let longestCall: Int64 = 90_000_000_000
  /// A wait ends after half a second, and a read takes what is available: after this time they hang. Longer than the
  /// time after which a device counts as stalled. Nanoseconds.
  private static let longestRead: Int64 = 4_000_000_000

  /// Makes a call that may never return; the reader can see when it should have returned.
  private func timed<Result>(_ longest: Int64 = longestCall, _ call: () -> Result) -> Result {
    link.callBegins(due: system.now() + longest)
    let result = call()
    link.callEnded()
    return result
  }

  /// Nil if a wait was interrupted.
  private func perform(_ command: CaptureCommand) -> CaptureEvent? {
    switch command {
    case .open: return timed { open() }
    case .start: return started(timed { stream?.start() ?? ENODEV })
    case .resume: return started(timed { stream?.resume() ?? ENODEV })
    case .wait(let milliseconds):
      // Outside the timed part: it lasts as long as the reader rests.
      if !isBehind, let stream { link.rest(milliseconds: stream.longestRest) }
      return timed(Self.longestRead) { waitAndRead(milliseconds) }
    case .pause(let milliseconds): return pause(milliseconds)
    case .close(let milliseconds):
      close()
      return pause(milliseconds)
    case .release:
      close()
      return .closed
    case .sleep:
      system.sleep(interrupt: link.wish.descriptor)
      return nil
    case .end: return .stop
    }
  }

  /// The channel fault that was reported and still holds.
  private var reportedCancelling = false
  private var reportedDead = false

  private func reportFindings() {
    while let finding = stream?.takeFinding() {
      switch finding {
      case .cancelling(let heard): reportedCancelling = heard != nil
      case .dead(let channels): reportedDead = !channels.isEmpty
      }
      link.report(.channels(finding))
    }
  }

  /// After closing, the state of the channels is unknown.
  private func close() {
    timed { stream = nil }
    if reportedCancelling { link.report(.channels(.cancelling(heard: nil))) }
    if reportedDead { link.report(.channels(.dead([]))) }
    (reportedCancelling, reportedDead) = (false, false)
  }

  private func open() -> CaptureEvent {
    do throws(CaptureOpenError) {
      let opened: any CaptureStream
      if let first = firstOpening {
        firstOpening = nil
        opened = try first.get()
      } else {
        opened = try system.open(device: device, channel: channel, interrupt: link.wish.descriptor)
      }
      stream = opened
      return .opened(sampleRate: opened.sampleRate)
    } catch {
      return .openFailed(error.fault(device: device, diagnosis: system.diagnosis))
    }
  }

  private func started(_ result: CInt) -> CaptureEvent {
    result == 0 ? .started : .failed(errno: result)
  }

  private func waitAndRead(_ milliseconds: Int) -> CaptureEvent? {
    guard let stream else { return .failed(errno: ENODEV) }
    isBehind = false
    switch stream.wait(milliseconds: milliseconds) {
    case .timeOut: return .nothing
    case .interrupted: return nil
    case .failed(let number): return .failed(errno: number)
    case .ready: break
    }
    switch stream.read() {
    case .samples(let samples, let drained):
      readSamples = samples
      readTime = system.now()
      isBehind = !drained
      return .read(frames: samples.count, drained: drained)
    case .failed(EAGAIN):
      // Woken for nothing. If that repeats, it must not use all the processor's time.
      var descriptor = pollfd(fd: link.wish.descriptor, events: Int16(POLLIN), revents: 0)
      return poll(&descriptor, 1, 2) > 0 ? nil : .nothing
    case .failed(let number):
      return .failed(errno: number)
    }
  }

  private func pause(_ milliseconds: Int) -> CaptureEvent? {
    switch system.pause(milliseconds: milliseconds, interrupt: link.wish.descriptor) {
    case .over: .pauseEnded(deviceChange: false)
    case .interrupted: nil
    case .deviceChange: .pauseEnded(deviceChange: true)
    case .deviceFreed: .deviceFreed
    }
  }

  /// Signals are handled by the main thread.
  private static func blockSignals() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_BLOCK, &all, nil)
  }
}

extension CaptureOpenError {
  func fault(device: String, diagnosis: DeviceDiagnosis) -> CaptureFault {
    switch self {
    case .failed(_, let number): diagnosis.fault(errno: number, device: device)
    case .noSuchChannel(let channel, let count):
      CaptureFault(cause: .noSuchChannel(Int32(clamping: channel), of: Int32(clamping: count)), errno: EINVAL)
    case .noFormat: CaptureFault(cause: .noFormat, errno: EINVAL)
    }
  }

  func error(device: String, diagnosis: DeviceDiagnosis) -> AudioInputError {
    let fault = fault(device: device, diagnosis: diagnosis)
    let code: AudioInputError.Code =
      switch fault.cause {
      case .busy: .deviceBusy
      case .denied: .deviceDenied
      case .missing where [ENOENT, ENODEV, ENXIO, ECONNREFUSED].contains(fault.errno): .noSuchDevice
      case .noSuchChannel: .noSuchChannel
      case .missing, .stalled, .noFormat: .deviceUnusable
      }
    return AudioInputError(code, diagnosis.describe(fault, device: device))
  }
}
