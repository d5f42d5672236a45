import AudioInput
import Glibc
import Testing

@Suite struct CaptureLinkTests {
  private func write(_ link: CaptureLink, _ values: [Float]) { values.withUnsafeBufferPointer { link.write($0) } }

  /// All that can be had now, in pieces of at most `most`.
  private func take(_ link: CaptureLink, most: Int = 100) -> [String] {
    var list: [String] = []
    var buffer = [Float](repeating: 0, count: most)
    while true {
      switch buffer.withUnsafeMutableBufferPointer({ link.next(into: $0) }) {
      case .samples(let count): list.append(buffer[..<count].map { "\(Int($0))" }.joined(separator: " "))
      case .report(.listening): list.append("listening")
      case .report(.format(let rate)): list.append("format \(rate)")
      case .report(.lost(let milliseconds, let cause)):
        list.append("lost \(milliseconds)\(cause == .overrun ? "" : " \(cause)")")
      case .report(.channels(let finding)): list.append(finding.sentence)
      case .report(.paused): list.append("paused")
      case .report(.late(let milliseconds)): list.append("late \(milliseconds)")
      case .report(.fault(let fault)): list.append("\(fault.state)")
      case .end: return list + ["end"]
      case .nothing: return list
      }
    }
  }

  @Test func `reports keep their place among the samples`() throws {
    let link = try CaptureLink(capacity: 64)
    link.report(.format(sampleRate: 1000))
    link.report(.listening)
    write(link, [1, 2, 3])
    link.report(.lost(milliseconds: 20, cause: .overrun))
    write(link, [4, 5])
    link.report(.late(milliseconds: 10))
    write(link, [6])
    link.report(.fault(CaptureFault(cause: .busy, errno: EBUSY)))
    #expect(
      take(link, most: 2) == ["format 1000", "listening", "1 2", "3", "lost 20", "4 5", "late 10", "6", "busy"])
  }

  @Test func `sound that finds no room is reported as lost, in its place`() throws {
    // Given room for 8 samples at 1000 Hz
    let link = try CaptureLink(capacity: 8)
    link.report(.format(sampleRate: 1000))
    write(link, [1, 2, 3, 4, 5, 6])
    // When 5, then 4 find no room, and the reader then takes what there is
    write(link, [7, 7, 7, 7, 7])
    write(link, [8, 8, 8, 8])
    #expect(take(link) == ["format 1000", "1 2 3 4 5 6"])
    write(link, [9])
    // Then 9 ms are told to be lost before what comes next
    #expect(take(link) == ["lost 9", "9"])
  }

  @Test func `many reports that nobody takes are summed up`() throws {
    let link = try CaptureLink(capacity: 64)
    for _ in 0..<500 { link.report(.lost(milliseconds: 2, cause: .overrun)) }
    write(link, [1])
    var total = 0
    // Two rounds: what found no room is told with the next samples.
    for _ in 0..<2 {
      for line in take(link) where line.hasPrefix("lost") { total += Int(line.split(separator: " ")[1]) ?? 0 }
      write(link, [2])
    }
    #expect(total == 1000)
  }

  @Test func `of several findings about the channels the latest is reported`() throws {
    let link = try CaptureLink(capacity: 8)
    // No room for more reports: the later ones of a kind count.
    for _ in 0..<300 { link.report(.lost(milliseconds: 2, cause: .overrun)) }
    link.report(.channels(.cancelling(heard: 1)))
    link.report(.channels(.dead(ChannelSet(rawValue: 0b100))))
    link.report(.channels(.cancelling(heard: nil)))
    _ = take(link)
    write(link, [1])
    #expect(take(link).contains(ChannelFinding.cancelling(heard: nil).sentence))
  }

  @Test func `the end comes after the last sample`() throws {
    let link = try CaptureLink(capacity: 64)
    write(link, [1, 2])
    link.finish()
    #expect(take(link) == ["1 2", "end"])
  }

  @Test func `stop comes at once`() throws {
    let link = try CaptureLink(capacity: 64)
    write(link, [1, 2])
    link.stop()
    #expect(take(link) == ["end"])
    var descriptor = pollfd(fd: link.wish.descriptor, events: Int16(POLLIN), revents: 0)
    #expect(poll(&descriptor, 1, 0) == 1)
  }

  @Test(.timeLimit(.minutes(1))) func `a rest ends when it is over, or as soon as sound is wanted at once`() throws {
    // Each of these would rest for an hour if it were not woken, whichever of the two comes first.
    let link = try CaptureLink(capacity: 64)
    let hour = 3_600_000
    let actions: [@Sendable (CaptureLink) -> Void] = [{ $0.attend(.close) }, { $0.stop() }]
    for action in actions {
      link.attend(.resting)
      let thread = Background { action(link) }
      link.rest(milliseconds: hour)
      thread.join()
    }
  }

  @Test(.timeLimit(.minutes(1))) func `there is no rest while sound is wanted at once`() throws {
    let link = try CaptureLink(capacity: 64)
    link.rest(milliseconds: 3_600_000)
    link.attend(.resting)
    link.attend(.close)
    link.rest(milliseconds: 3_600_000)
    // Nor does a wake-up that nobody needed spoil more than one rest.
    link.attend(.resting)
    link.rest(milliseconds: 3_600_000)
    link.rest(milliseconds: 1)
    link.stop()
  }

  @Test(.timeLimit(.minutes(1))) func `a sleeping reader wakes for samples, reports and stop`() throws {
    // Each of these would sleep for an hour if it were not woken, whichever of the two comes first.
    let link = try CaptureLink(capacity: 1024)
    let hour = 3_600_000
    let actions: [@Sendable (CaptureLink) -> Void] = [
      { link in [Float](repeating: 1, count: 50).withUnsafeBufferPointer { link.write($0) } },
      { $0.report(.listening) },
      { $0.stop() },
    ]
    for action in actions {
      let thread = Background { action(link) }
      link.sleep(untilAvailable: 50, milliseconds: hour)
      thread.join()
      _ = take(link)
    }
  }

  /// The wish to be woken and the sound cross each other now and then: a few times in a million if nothing orders them.
  @Test(.timeLimit(.minutes(5))) func `sound that comes as the reader goes to sleep wakes it`() throws {
    let link = try CaptureLink(capacity: 64)
    let rounds = 200_000
    let writer = Background {
      for round in 0..<rounds {
        while link.samples.taken < round { sched_yield() }
        [1].withUnsafeBufferPointer { link.write($0) }
      }
    }
    var sleptOn = 0
    var sample: Float = 0
    withUnsafeMutablePointer(to: &sample) { sample in
      // Sometimes the reader is woken for samples it has taken already: one sleep more.
      while link.samples.taken < rounds {
        if link.sleep(untilAvailable: 1, milliseconds: 10_000) { sleptOn += 1 }
        _ = link.next(into: UnsafeMutableBufferPointer(start: sample, count: 1))
      }
    }
    writer.join()
    #expect(sleptOn == 0)
  }
}
