import EventFeed
import Events
import Glibc
import NIOCore
import TestSupport
import Testing

@Suite struct LineSinkTests {
  private struct Pipe {
    let reader: Int32
    let writer: Int32

    init() throws {
      var ends: [Int32] = [-1, -1]
      guard pipe(&ends) == 0 else { throw TestFailure(description: "no pipe") }
      (reader, writer) = (ends[0], ends[1])
    }

    /// Reads up to the end, or `count` bytes.
    func read(atMost count: Int = .max) -> [UInt8] {
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 4096)
      while bytes.count < count {
        let got = Glibc.read(reader, &chunk, min(chunk.count, count - bytes.count))
        guard got > 0 else { break }
        bytes += chunk[..<got]
      }
      return bytes
    }
  }

  private func envelopes(_ bytes: [UInt8]) throws -> [EventEnvelope] {
    var parser = MessageParser()
    return try parser.push(bytes).map { output in
      guard case .message(let message) = output else { throw TestFailure(description: "\(output)") }
      return try EventEnvelope(type: message.type, data: message.data)
    }
  }

  @Sendable private func publish(_ values: ClosedRange<Int>, to hub: EventHub) {
    for value in values { hub.publish(.overrun(Event.Overrun(lostMs: value))) }
  }

  /// Why the reader was left, as the sink reports it.
  private struct ReaderEnd {
    private let stream: AsyncStream<Int32>
    private let end: AsyncStream<Int32>.Continuation

    init() { (stream, end) = AsyncStream.makeStream() }

    @Sendable func report(_ code: Int32) {
      end.yield(code)
      end.finish()
    }

    /// The reported code; waits for it.
    var code: Int32? {
      get async { await stream.first { _ in true } }
    }

    /// Nil if nothing was reported so far.
    func codeSoFar() async -> Int32? {
      end.finish()
      return await code
    }
  }

  @Test func `every line is written before the end`() async throws {
    let pipe = try Pipe()
    let (hub, readerEnd) = (EventHub(), ReaderEnd())
    let sink = LineSink(descriptor: pipe.writer, onReaderLeft: readerEnd.report)
    hub.add(sink)
    publish(1...100, to: hub)
    sink.finish()
    close(pipe.writer)
    #expect(try envelopes(pipe.read()).map(\.sequence) == Array(1...100))
    #expect(await readerEnd.codeSoFar() == nil)
    close(pipe.reader)
  }

  /// A pipe holds 64 KiB: far less than this. The publisher waits, nothing is lost.
  @Test func `a lossless sink makes the publisher wait`() async throws {
    let pipe = try Pipe()
    async let reading = onThread { pipe.read() }
    let hub = EventHub()
    let sink = LineSink(descriptor: pipe.writer, capacity: 4, isLossless: true)
    hub.add(sink)
    // On threads of their own: they wait.
    try await onThread { publish(1...5000, to: hub) }
    try await onThread { sink.finish(patience: -1) }
    close(pipe.writer)
    #expect(try envelopes(try await reading).map(\.sequence) == Array(1...5000))
    #expect(sink.dropped == 0)
    close(pipe.reader)
  }

  @Test func `a live sink drops the oldest and says so`() async throws {
    let pipe = try Pipe()
    let hub = EventHub()
    let sink = LineSink(descriptor: pipe.writer, capacity: 8)
    hub.add(sink)
    publish(1...5000, to: hub)  // returns although nobody reads
    async let reading = onThread { pipe.read() }
    try await onThread { sink.finish(patience: -1) }
    close(pipe.writer)
    var last = 0
    var dropped = 0
    for envelope in try envelopes(try await reading) {
      if case .dropped(let gap) = envelope.event {
        dropped += gap.count
        #expect(envelope.sequence == last + gap.count)
      } else {
        #expect(envelope.sequence == last + 1)
      }
      last = envelope.sequence
    }
    #expect(last == 5000)
    #expect(dropped > 0 && dropped == sink.dropped)
    close(pipe.reader)
  }

  @Test func `a reader that leaves ends only the sink`() async throws {
    signal(SIGPIPE, SIG_IGN)
    let pipe = try Pipe()
    let (hub, readerEnd) = (EventHub(), ReaderEnd())
    let sink = LineSink(descriptor: pipe.writer, capacity: 4, isLossless: true, onReaderLeft: readerEnd.report)
    hub.add(sink)
    publish(1...1, to: hub)
    _ = pipe.read(atMost: 1)
    close(pipe.reader)
    try await onThread { publish(2...1000, to: hub) }  // does not wait for a reader who has gone
    #expect(await readerEnd.code == EPIPE)
    publish(1001...1100, to: hub)
    sink.finish(patience: -1)
    close(pipe.writer)
  }

  @Test func `a reader that never reads is given up in the end`() async throws {
    let pipe = try Pipe()
    let (hub, readerEnd) = (EventHub(), ReaderEnd())
    let sink = LineSink(descriptor: pipe.writer, capacity: 1000, onReaderLeft: readerEnd.report)
    hub.add(sink)
    publish(1...2000, to: hub)
    sink.finish(patience: 10)
    #expect(await readerEnd.code == ETIMEDOUT)
    close(pipe.reader)
    close(pipe.writer)
  }

  /// A file has been read to its end, nobody takes what it gave, and a signal comes: before `finish`, or while it
  /// waits.
  @Test(.timeLimit(.minutes(1)), arguments: [true, false])
  func `a sink that stops waiting does so at the end, too`(first: Bool) async throws {
    let pipe = try Pipe()
    let (hub, readerEnd) = (EventHub(), ReaderEnd())
    let sink = LineSink(descriptor: pipe.writer, capacity: 2000, isLossless: true, onReaderLeft: readerEnd.report)
    hub.add(sink)
    publish(1...2000, to: hub)
    if first { sink.stopWaiting() }
    async let finishing: Void = onThread { sink.finish(patience: -1) }
    if !first {
      // There is no room for these, nor a reader to make any: they return when `finish` has begun and no more is taken.
      try await onThread { publish(2001...4000, to: hub) }
      sink.stopWaiting()
    }
    try await finishing
    #expect(await readerEnd.code == ETIMEDOUT)
    close(pipe.reader)
    close(pipe.writer)
  }

  @Test func `an event without a format is not written`() throws {
    let pipe = try Pipe()
    let hub = EventHub()
    let sink = LineSink(
      descriptor: pipe.writer,
      format: { event in
        event.envelope.sequence % 2 == 0 ? nil : ByteBuffer(string: "\(event.envelope.sequence)\n")
      })
    hub.add(sink)
    publish(1...5, to: hub)
    sink.finish()
    close(pipe.writer)
    #expect(String(decoding: pipe.read(), as: UTF8.self) == "1\n3\n5\n")
    close(pipe.reader)
  }

  @Test func `a bad descriptor ends the sink`() async {
    let (hub, readerEnd) = (EventHub(), ReaderEnd())
    let sink = LineSink(descriptor: 1_000_000, onReaderLeft: readerEnd.report)
    hub.add(sink)
    publish(1...1, to: hub)
    #expect(await readerEnd.code == EBADF)
    sink.finish(patience: -1)
  }

  /// No descriptor is left for the pipe that wakes the sink's thread.
  @Test func `a sink without a wake-up pipe is given up at once`() async throws {
    let pipe = try Pipe()
    let (hub, readerEnd) = (EventHub(), ReaderEnd())
    let sink = LineSink(
      descriptor: pipe.writer, capacity: 4, isLossless: true, onReaderLeft: readerEnd.report,
      wakeUp: .failed(code: EMFILE)
    )
    hub.add(sink)
    publish(1...100, to: hub)
    sink.finish(patience: -1)
    #expect(await readerEnd.code == EMFILE)
    close(pipe.reader)
    close(pipe.writer)
  }
}
