import CALSA
import Glibc
import Synchronization

/// What lies between the capture thread and whoever reads: samples in one ring, what happened to them in another, and a
/// bell for each side.
///
/// A report belongs to a place in the stream of samples, the number of samples written before it; the reader gets it
/// when it has taken just these. The reader's bell is an eventfd, rung only when it sleeps and asked to be woken at this
/// place. The capture thread's is rung when the reader wants sound at once again: while nothing is going on both sleep
/// through `Attention.longestRest`, and no period wakes them.
package final class CaptureLink: @unchecked Sendable {
  package struct Mark: BitwiseCopyable {
    package var position: Int
    package var report: CaptureReport
  }

  package let samples: RingBuffer<Float>
  private let marks = RingBuffer<Mark>(capacity: 256)
  private let bell: CInt
  private let captureBell: CInt
  /// What the capture thread is to do; it waits on its descriptor as well.
  package let wish: CaptureWish
  private let finished = Atomic<Bool>(false)
  /// Ring when so many samples were written in all; `Int.max` while the reader is awake.
  private let wakeAt = Atomic<Int>(Int.max)
  private let resting = Atomic<Bool>(false)
  /// When the device's call that the capture thread is in should have returned, in ns of its clock; 0 while it is in none.
  private let due = Atomic<Int64>(0)
  /// The reader has told that the capture thread hangs, and that thread has not yet heard of it.
  private let hangTold = Atomic<Bool>(false)

  // The capture thread's own: what could not be told yet because a ring was full.
  private var sampleRate = 8000
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
    bell = try Self.makeBell()
    do {
      captureBell = try Self.makeBell()
    } catch {
      close(bell)
      throw error
    }
  }

  package convenience init(capacity: Int) throws {
    try self.init(capacity: capacity, wish: CaptureWish())
  }

  deinit {
    close(bell)
    close(captureBell)
  }

  // MARK: Either side

  package var isStopping: Bool { wish.current == .end }

  package func stop() {
    wish.set(.end)
    Self.ring(bell)
  }

  // MARK: The capture thread

  /// What is to be told before the next samples.
  package func report(_ report: CaptureReport) {
    switch report {
    case .format(let rate):
      sampleRate = Int(rate)
      pendingFormat = report
    case .lost(let milliseconds, let cause):
      // Of two losses that could not be told apart, that which went most wrong counts.
      pendingCause = pendingLossMs == 0 || cause == .outage ? cause : pendingCause
      pendingLossMs += milliseconds
    case .late(let milliseconds): pendingDelayMs += milliseconds
    case .channels(.cancelling): pendingCancelling = report
    case .channels(.dead): pendingDead = report
    case .listening, .paused, .fault:
      // Of two states that nobody took in between, the later one counts.
      pendingState = report
    }
    flushReports()
    Self.orderBothSides()
    if marks.count > 0 { wakeReader() }
  }

  /// Samples for which there is no room are lost, counted, and told when there is room again.
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

  /// The capture thread is about to make a call that may never return, and that should have by this time, in ns.
  package func callBegins(due time: Int64) { due.store(time, ordering: .relaxed) }
  package func callEnded() { due.store(0, ordering: .relaxed) }

  /// Whether the reader has told of a hang since this was asked the last time.
  package func takeHang() -> Bool {
    guard hangTold.load(ordering: .relaxed) else { return false }
    hangTold.store(false, ordering: .relaxed)
    return true
  }

  /// The capture thread is at its end.
  package func finish() {
    finished.store(true, ordering: .releasing)
    Self.ring(bell)
  }

  /// Sleeps through a rest, if the reader is resting and for as long as it is.
  package func rest(milliseconds: Int) {
    guard resting.load(ordering: .acquiring) else { return }
    var descriptors = (
      pollfd(fd: captureBell, events: Int16(POLLIN), revents: 0),
      pollfd(fd: wish.descriptor, events: Int16(POLLIN), revents: 0)
    )
    let result = withUnsafeMutablePointer(to: &descriptors) { tuple in
      tuple.withMemoryRebound(to: pollfd.self, capacity: 2) { poll($0, 2, CInt(clamping: milliseconds)) }
    }
    if result > 0 { Self.quieten(captureBell) }
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
    if wakeAt.exchange(Int.max, ordering: .relaxed) != Int.max { Self.ring(bell) }
  }

  /// Between writing what the other side reads and reading what it writes: the capture thread writes samples and looks
  /// whether they are waited for, the reader writes what it waits for and looks whether it is there. Without this on both
  /// sides each may miss the other's (Dekker 1965), on x86 too, and the reader sleeps on although all is there.
  private static func orderBothSides() { atomicMemoryFence(ordering: .sequentiallyConsistent) }

  // MARK: The reader

  package func attend(_ attention: Attention) {
    let rests = attention == .resting
    // Nobody else writes it.
    guard resting.load(ordering: .relaxed) != rests else { return }
    resting.store(rests, ordering: .releasing)
    if !rests { Self.ring(captureBell) }
  }

  /// When the call that the capture thread is in should have returned, in ns; nil while it is in none.
  package var callDue: Int64? {
    let time = due.load(ordering: .relaxed)
    return time == 0 ? nil : time
  }

  /// Whoever listens was told that the capture thread hangs.
  package func tellHang() { hangTold.store(true, ordering: .relaxed) }

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
    // In this order: a mark that belongs before these samples was written before them.
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

  /// Sleeps until `frames` samples can be taken, there is something else to tell, or the time is over: true if it is.
  @discardableResult
  package func sleep(untilAvailable frames: Int, milliseconds: Int) -> Bool {
    wakeAt.store(samples.taken + min(max(frames, 1), samples.capacity / 2), ordering: .relaxed)
    Self.orderBothSides()
    // Whatever came before the wish was known did not ring.
    let early = samples.count >= frames || marks.count > 0 || isStopping || finished.load(ordering: .acquiring)
    var isOver = false
    if !early {
      var descriptor = pollfd(fd: bell, events: Int16(POLLIN), revents: 0)
      isOver = poll(&descriptor, 1, CInt(clamping: milliseconds)) == 0
    }
    wakeAt.store(Int.max, ordering: .relaxed)
    Self.quieten(bell)
    return isOver
  }

  // MARK: Bells

  static func makeBell() throws -> CInt {
    let bell = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
    guard bell >= 0 else {
      throw AudioInputError(.deviceUnusable, "no event descriptor can be had: \(String(cString: strerror(errno)))")
    }
    return bell
  }

  static func ring(_ descriptor: CInt) {
    var one: UInt64 = 1
    _ = Glibc.write(descriptor, &one, 8)
  }

  static func quieten(_ descriptor: CInt) {
    var count: UInt64 = 0
    _ = Glibc.read(descriptor, &count, 8)
  }
}
