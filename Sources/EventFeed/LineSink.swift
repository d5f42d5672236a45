package import Events
import Glibc
package import NIOCore

/// Writes events to a file descriptor (standard output) from its own thread: one more subscriber with a bounded queue.
///
/// When the reader goes away, only the sink ends. In its lossless mode `offer` waits for room instead of dropping; that
/// is for a publisher that reads a file and can wait.
package final class LineSink: EventSink {
  /// Turns an event into bytes; nil for an event that is not shown.
  package typealias Format = @Sendable (PublishedEvent) -> ByteBuffer?

  /// The lines of the protocol.
  package static let json: Format = { $0.line }

  private enum Phase {
    case running
    /// No more events are accepted. What is queued is written as long as the reader takes something every `patience`
    /// ms.
    case ending(patience: Int32)
    case ended
  }

  private struct State {
    var isWaiting: Bool
    /// Whether `stopWaiting` has limited how long `finish` waits for the reader.
    var isHurried = false
    var queue: SubscriberQueue<PublishedEvent>
    var phase = Phase.running

    func limited(_ patience: Int32) -> Int32 {
      isHurried && !(0...LineSink.usualPatience).contains(patience) ? LineSink.usualPatience : patience
    }
  }

  private let descriptor: Int32
  /// Wakes the thread, which waits for the reader, when the patience changes.
  private let wakeUp: WakeUpPipe
  private let filter: EventFilter
  private let format: Format
  private let onReaderLeft: @Sendable (Int32) -> Void
  private let monitor: Monitor<State>
  /// How long the reader may take nothing at the end, in milliseconds, by default.
  package static let usualPatience: Int32 = 500

  /// - Parameters:
  ///   - capacity: the maximum number of queued events.
  ///   - isLossless: whether `offer` waits for room; if not, the oldest events are dropped and `dropped` reports how
  ///     many.
  ///   - onReaderLeft: called once when nothing more can be written, with the error number: EPIPE when the reader has
  ///     gone, ENOSPC on a full disk, ETIMEDOUT when it took nothing at the end. Called on the sink's thread, or before
  ///     `init` returns if the sink could not start (EMFILE, EAGAIN).
  package init(
    descriptor: Int32, capacity: Int = 256, isLossless: Bool = false, filter: EventFilter = .standard,
    format: @escaping Format = LineSink.json, onReaderLeft: @escaping @Sendable (_ code: Int32) -> Void = { _ in },
    wakeUp: WakeUpPipe = WakeUpPipe()
  ) {
    self.descriptor = descriptor
    self.filter = filter
    self.format = format
    self.onReaderLeft = onReaderLeft
    self.wakeUp = wakeUp
    monitor = Monitor(State(isWaiting: isLossless, queue: SubscriberQueue(capacity: capacity)))
    let code = start()
    guard code != 0 else { return }
    monitor.withLock { $0.phase = .ended }
    onReaderLeft(code)
  }

  /// Starts the thread. Returns 0 or an error number.
  private func start() -> Int32 {
    if case .failed(let code) = wakeUp { return code }
    let reference = Unmanaged.passRetained(self)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        if let argument { Unmanaged<LineSink>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, reference.toOpaque())
    if code == 0 { pthread_detach(thread) } else { reference.release() }
    return code
  }

  deinit {
    // The thread retains the sink, so the pipe is no longer in use.
    wakeUp.close()
  }

  package func wants(_ kind: Event.Kind) -> Bool { filter.wants(kind) }

  package func offer(_ event: PublishedEvent) {
    monitor.wait { state -> Void? in
      guard case .running = state.phase else { return () }
      if state.isWaiting, state.queue.count == state.queue.capacity { return nil }
      state.queue.push(event)
      return ()
    }
  }

  /// Sends `hello` to this reader alone; call it before the sink is added to a hub.
  package func greet(_ hello: Event.Hello) {
    offer(PublishedEvent(EventEnvelope(time: WallTime.now(), sequence: 0, event: .hello(hello)), kind: .hello))
  }

  /// Events that were dropped because the reader was too slow.
  package var dropped: Int { monitor.withLock { $0.queue.totalLost } }

  /// From now on drops the oldest events instead of waiting for room. Pending calls of `offer` return; calls of
  /// `finish`, pending or later, wait for `usualPatience` at most.
  package func stopWaiting() {
    monitor.withLock { state in
      state.isWaiting = false
      state.isHurried = true
      if case .ending(let patience) = state.phase { state.phase = .ending(patience: state.limited(patience)) }
    }
    wakeUp.wake()
  }

  /// Accepts no more events, and returns when the queued ones are written. Gives up on a reader that takes nothing for
  /// `patience` milliseconds; with −1 it waits without limit, or until `stopWaiting`.
  package func finish(patience: Int32 = LineSink.usualPatience) {
    monitor.withLock { state in
      if case .running = state.phase { state.phase = .ending(patience: state.limited(patience)) }
    }
    wakeUp.wake()
    monitor.wait { state -> Void? in
      if case .ended = state.phase { () } else { nil }
    }
  }

  // MARK: The thread

  private func run() {
    while let event = nextEvent() {
      guard let bytes = format(event) else { continue }
      let code = write(bytes)
      guard code == 0 else {
        monitor.withLock { state in
          state.phase = .ended
          state.queue.removeAll()
        }
        return onReaderLeft(code)
      }
    }
    monitor.withLock { $0.phase = .ended }
  }

  /// Waits for the next event; nil at the end.
  private func nextEvent() -> PublishedEvent? {
    monitor.wait { state -> PublishedEvent?? in
      switch (state.queue.next(), state.phase) {
      case (.element(let event), _): return .some(event)
      case (.lost(let count, let last), _):
        let envelope = EventEnvelope(
          time: WallTime.now(), sequence: last.envelope.sequence, event: .dropped(Event.Dropped(count: count)))
        return .some(PublishedEvent(envelope, kind: .dropped))
      case (.empty, .running): return nil
      case (.empty, .ending), (.empty, .ended): return .some(nil)
      }
    }
  }

  /// Writes all bytes. Returns 0 or an error number.
  private func write(_ bytes: ByteBuffer) -> Int32 {
    bytes.withUnsafeReadableBytes { raw in
      var rest = raw[...]
      while !rest.isEmpty {
        guard waitForReader() else { return ETIMEDOUT }
        // A pipe that polls as ready has room for at least PIPE_BUF bytes, so the write does not block even on a
        // blocking pipe.
        let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(PIPE_BUF)))
        let written = Glibc.write(descriptor, part.baseAddress, part.count)
        if written >= 0 {
          rest = rest.dropFirst(written)
        } else if errno != EINTR && errno != EAGAIN {
          return errno
        }
      }
      return 0
    }
  }

  /// Returns false if the reader has taken nothing for too long at the end.
  private func waitForReader() -> Bool {
    while true {
      let patience: Int32 = monitor.withLock { state in
        if case .ending(let patience) = state.phase { patience } else { -1 }
      }
      var descriptors = [
        pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: wakeUp.reader, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&descriptors, 2, patience)
      if ready < 0, errno == EINTR { continue }
      // `write` will report an error or a hang-up.
      if ready < 0 || descriptors[0].revents != 0 { return true }
      if ready == 0 { return false }
      wakeUp.clear()
    }
  }
}
