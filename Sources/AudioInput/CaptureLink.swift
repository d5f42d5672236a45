import CALSA
import Files
import Glibc
import Synchronization

/// Connects the capture thread and the reader: samples in one ring, reports in another, and an eventfd to wake each
/// side.
///
/// A report has a position in the stream: the number of samples written before it. The reader gets it after exactly
/// these samples. The reader's eventfd is written only when the reader sleeps and waits for this position. The capture
/// thread's is written when the reader wants sound at once again; while the stream is idle both sleep for
/// `Attention.longestRest`, and no period wakes them.
package final class CaptureLink: @unchecked Sendable {
  package struct Mark: BitwiseCopyable {
    package var position: Int
    package var report: CaptureReport
  }

  package let samples: RingBuffer<Float>
  private let marks = RingBuffer<Mark>(capacity: 256)
  private let readerEvent: CInt
  private let captureEvent: CInt
  /// What the capture thread should do; it polls this descriptor, too.
  package let wish: CaptureWish
  private let finished = Atomic<Bool>(false)
  /// The total number of written samples at which to wake the reader; `Int.max` while it is awake.
  private let wakeAt = Atomic<Int>(Int.max)
  private let resting = Atomic<Bool>(false)
  /// When the capture thread's current device call should have returned, in ns of its clock; 0 outside such calls.
  private let due = Atomic<Int64>(0)
  /// The reader has reported that the capture thread hangs, and that thread has not yet seen it.
  private let isHangReported = Atomic<Bool>(false)

  // Owned by the capture thread: reports that wait because the ring was full.
  private var sampleRate = AudioConditioner.outputRate
  private var droppedFrames = 0
  private var pendingLossMs: Int64 = 0
  private var pendingCause = AudioSourceItem.LossCause.overrun
  private var pendingDelayMs: Int64 = 0
  private var pendingFormat: CaptureReport?
  private var pendingCancelling: CaptureReport?
  private var pendingDead: CaptureReport?
  private var pendingState: CaptureReport?

  package init(capacity: Int, wish: CaptureWish) throws {
    samples = RingBuffer(capacity: capacity)
    self.wish = wish
    readerEvent = try Self.makeEventDescriptor()
    do {
      captureEvent = try Self.makeEventDescriptor()
    } catch {
      close(readerEvent)
      throw error
    }
  }

  package convenience init(capacity: Int) throws {
    try self.init(capacity: capacity, wish: CaptureWish())
  }

  deinit {
    close(readerEvent)
    close(captureEvent)
  }

  // MARK: Either side

  package var isStopping: Bool { wish.current == .end }

  package func stop() {
    wish.set(.end)
    Self.wake(readerEvent)
  }

  // MARK: The capture thread

  /// Adds a report before the next samples.
  package func report(_ report: CaptureReport) {
    switch report {
    case .format(let rate):
      sampleRate = Int(rate)
      pendingFormat = report
    case .lost(let milliseconds, let cause):
      // Of two losses that are merged, the more serious cause counts.
      pendingCause = pendingLossMs == 0 || cause == .outage ? cause : pendingCause
      pendingLossMs += milliseconds
    case .late(let milliseconds): pendingDelayMs += milliseconds
    case .channels(.cancelling): pendingCancelling = report
    case .channels(.dead): pendingDead = report
    case .listening, .paused, .fault:
      // Of two states without a read in between, the later one counts.
      pendingState = report
    }
    flushReports()
    Self.orderBothSides()
    if marks.count > 0 { wakeReader() }
  }

  /// Samples that do not fit are lost and counted; the loss is reported when there is room again.
  package func write(_ block: UnsafeBufferPointer<Float>) {
    if droppedFrames > 0, samples.room >= block.count {
      let milliseconds = droppedFrames * 1000 / sampleRate
      droppedFrames -= milliseconds * sampleRate / 1000
      if milliseconds > 0 { report(.lost(milliseconds: Int64(milliseconds), cause: .overrun)) }
    }
    flushReports()
    if samples.room >= block.count {
      samples.write(block)
    } else {
      droppedFrames += block.count
    }
    Self.orderBothSides()
    if samples.written >= wakeAt.load(ordering: .relaxed) { wakeReader() }
  }

  /// The capture thread is about to make a call that may hang and should return by `time`, in ns.
  package func callBegins(due time: Int64) { due.store(time, ordering: .relaxed) }
  package func callEnded() { due.store(0, ordering: .relaxed) }

  /// Whether the reader has reported a hang since the last call.
  package func takeHang() -> Bool {
    guard isHangReported.load(ordering: .relaxed) else { return false }
    isHangReported.store(false, ordering: .relaxed)
    return true
  }

  /// The capture thread has ended.
  package func finish() {
    finished.store(true, ordering: .releasing)
    Self.wake(readerEvent)
  }

  /// Sleeps while the reader is resting, for at most `milliseconds`.
  package func rest(milliseconds: Int) {
    guard resting.load(ordering: .acquiring) else { return }
    var descriptors = (
      pollfd(fd: captureEvent, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wish.descriptor, events: Int16(POLLIN), revents: 0)
    )
    let result = withUnsafeMutablePointer(to: &descriptors) { tuple in
      tuple.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, CInt(clamping: milliseconds)) }
    }
    if result > 0 { Self.clear(captureEvent) }
  }

  private func flushReports() {
    let position = samples.written
    if let format = pendingFormat {
      guard marks.room > 0 else { return }
      marks.write(Mark(position: position, report: format))
      pendingFormat = nil
    }
    if pendingLossMs > 0 {
      guard marks.room > 0 else { return }
      marks.write(Mark(position: position, report: .lost(milliseconds: pendingLossMs, cause: pendingCause)))
      pendingLossMs = 0
    }
    if pendingDelayMs > 0 {
      guard marks.room > 0 else { return }
      marks.write(Mark(position: position, report: .late(milliseconds: pendingDelayMs)))
      pendingDelayMs = 0
    }
    if let cancelling = pendingCancelling {
      guard marks.room > 0 else { return }
      marks.write(Mark(position: position, report: cancelling))
      pendingCancelling = nil
    }
    if let dead = pendingDead {
      guard marks.room > 0 else { return }
      marks.write(Mark(position: position, report: dead))
      pendingDead = nil
    }
    if let state = pendingState {
      guard marks.room > 0 else { return }
      marks.write(Mark(position: position, report: state))
      pendingState = nil
    }
  }

  private func wakeReader() {
    if wakeAt.exchange(Int.max, ordering: .relaxed) != Int.max { Self.wake(readerEvent) }
  }

  /// A fence between a write for the other side and a read of what that side writes. The capture thread writes samples
  /// and then checks whether they are waited for; the reader writes what it waits for and then checks whether it is
  /// there. Without the fence on both sides each may miss the other's write (Dekker 1965), even on x86, and the reader
  /// would sleep although everything is there.
  private static func orderBothSides() { atomicMemoryFence(ordering: .sequentiallyConsistent) }

  // MARK: The reader

  package func attend(_ attention: Attention) {
    let rests = attention == .resting
    // Only the reader writes it.
    guard resting.load(ordering: .relaxed) != rests else { return }
    resting.store(rests, ordering: .releasing)
    if !rests { Self.wake(captureEvent) }
  }

  /// When the capture thread's current device call should have returned, in ns; nil outside such calls.
  package var callDue: Int64? {
    let time = due.load(ordering: .relaxed)
    return time == 0 ? nil : time
  }

  /// The hang of the capture thread has been reported to the consumer.
  package func reportHang() { isHangReported.store(true, ordering: .relaxed) }

  package enum Item {
    case report(CaptureReport)
    case samples(Int)
    case nothing
    case end
  }

  /// Whether samples come next, and no report before them.
  package var isSoundNext: Bool {
    samples.count > 0 && marks.peek().map { $0.position > samples.taken } ?? true
  }

  /// The next report or samples, whichever comes first in the stream.
  package func next(into buffer: UnsafeMutableBufferPointer<Float>) -> Item {
    if isStopping { return .end }
    // Read the count before the marks: a mark that belongs before these samples was written before them.
    let available = samples.count
    var most = min(buffer.count, available)
    if let mark = marks.peek() {
      let before = mark.position - samples.taken
      if before <= 0 {
        marks.skip()
        return .report(mark.report)
      }
      most = min(most, before)
    }
    let got = samples.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<most]))
    if got > 0 { return .samples(got) }
    return finished.load(ordering: .acquiring) && samples.count == 0 ? .end : .nothing
  }

  /// Sleeps until `frames` samples are available, there is a report, or the time is over; returns true in that last
  /// case.
  @discardableResult
  package func sleep(untilAvailable frames: Int, milliseconds: Int) -> Bool {
    wakeAt.store(samples.taken + min(max(frames, 1), samples.capacity / 2), ordering: .relaxed)
    Self.orderBothSides()
    // What arrived before `wakeAt` was set did not wake the reader.
    let early = samples.count >= frames || marks.count > 0 || isStopping || finished.load(ordering: .acquiring)
    var isOver = false
    if !early {
      var descriptor = pollfd(fd: readerEvent, events: Int16(POLLIN), revents: 0)
      isOver = poll(&descriptor, 1, CInt(clamping: milliseconds)) == 0
    }
    wakeAt.store(Int.max, ordering: .relaxed)
    Self.clear(readerEvent)
    return isOver
  }

  // MARK: Event descriptors

  static func makeEventDescriptor() throws -> CInt {
    let descriptor = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard descriptor >= 0 else {
      throw AudioInputError(.deviceUnusable, "cannot create an event descriptor: \(systemReason(errno))")
    }
    return descriptor
  }

  static func wake(_ descriptor: CInt) {
    var one: UInt64 = 1
    _ = Glibc.write(descriptor, &one, 8)
  }

  static func clear(_ descriptor: CInt) {
    var count: UInt64 = 0
    _ = Glibc.read(descriptor, &count, 8)
  }
}
