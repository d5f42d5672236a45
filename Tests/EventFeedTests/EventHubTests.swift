import EventFeed
import Events
import Synchronization
import TestSupport
import Testing

@Suite struct EventHubTests {
  /// Keeps what it gets.
  private final class Collector: EventSink {
    private let filter: EventFilter
    private let events = Mutex<[EventEnvelope]>([])

    init(filter: EventFilter = .standard) {
      self.filter = filter
    }

    var all: [EventEnvelope] { events.withLock { $0 } }

    func wants(_ kind: Event.Kind) -> Bool { filter.wants(kind) }

    func offer(_ event: PublishedEvent) {
      events.withLock { $0.append(event.envelope) }
    }
  }

  private let level = Event.level(
    Event.Level(rmsDBFS: -40, peakDBFS: -30, noiseFloorDBFS: -60, thresholdDBFS: -50, speech: false))

  private let spectrum = Event.spectrum(Event.Spectrum(timestamp: 100, bandsDBFS: Array(repeating: -60, count: 32)))

  @Test func `the number rises with every broadcast event but those on demand`() {
    let hub = EventHub(now: { Samples.time })
    let collector = Collector(filter: EventFilter(Event.Kind.allCases))
    #expect(hub.add(collector) == 0)
    for event in [Samples.events[1], level, Samples.events[3], spectrum, Samples.events[2]] { hub.publish(event) }
    #expect(collector.all.map(\.sequence) == [1, 1, 2, 2, 3])
    #expect(collector.all.map(\.event.kind) == [.voiceStarted, .level, .transcript, .spectrum, .voiceStopped])
    #expect(collector.all.allSatisfy { $0.time == Samples.time })
    #expect(hub.lastSequence == 3)
  }

  @Test func `an event that nobody wants need not be made`() {
    let hub = EventHub()
    let (plain, viewer) = (Collector(), Collector(filter: EventFilter([.spectrum])))
    hub.add(plain)
    #expect(!hub.wants(.spectrum) && !hub.wants(.level) && hub.wants(.transcript))
    hub.add(viewer)
    #expect(hub.wants(.spectrum) && !hub.wants(.level))
    hub.remove(viewer)
    #expect(!hub.wants(.spectrum))
  }

  @Test func `answers are not broadcast`() {
    let hub = EventHub()
    let collector = Collector(filter: EventFilter(Event.Kind.allCases))
    hub.add(collector)
    for event in Samples.events where event.kind?.isBroadcast != true { hub.publish(event) }
    #expect(collector.all.isEmpty && hub.lastSequence == 0)
  }

  @Test func `a sink gets the events it wants, from its beginning to its end`() {
    let hub = EventHub()
    let (early, late) = (Collector(filter: EventFilter([.overrun])), Collector())
    hub.add(early)
    hub.publish(.overrun(Event.Overrun(lostMs: 1)))
    #expect(hub.add(late) == 1)
    hub.publish(.overrun(Event.Overrun(lostMs: 2)))
    hub.publish(.condition(Event.Condition(condition: .silent, on: true)))
    hub.remove(early)
    hub.publish(.overrun(Event.Overrun(lostMs: 3)))
    #expect(early.all.map(\.sequence) == [1, 2])
    #expect(late.all.map(\.sequence) == [2, 3, 4])
  }

  @Test func `numbers rise in order from many threads`() async {
    let hub = EventHub()
    let collector = Collector()
    hub.add(collector)
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<8 {
        group.addTask { for index in 0..<500 { hub.publish(.overrun(Event.Overrun(lostMs: task * 500 + index))) } }
      }
    }
    #expect(collector.all.map(\.sequence) == Array(1...4000))
    let values = collector.all.compactMap { envelope in
      if case .overrun(let overrun) = envelope.event { overrun.lostMs } else { nil }
    }
    #expect(values.sorted() == Array(0..<4000))
  }
}
