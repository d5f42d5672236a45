import EventFeed
import Events
import JSON
import Testing
import digitctl

@Suite struct OutboxTests {
  private func event(_ number: Int) -> Publication {
    Publication(topic: "digit", kind: .event, payload: .object(["digit": .integer(number)]))
  }

  private func state(_ topic: String, _ text: String) -> Publication {
    Publication(topic: topic, kind: .state, payload: .text(text))
  }

  private func payloads(_ deliveries: [Outbox.Delivery]) -> [String] { deliveries.map(\.payload) }

  @Test func `a message that can be sent is sent at once`() {
    var outbox = Outbox()
    #expect(outbox.connect(now: 0).isEmpty)
    #expect(
      outbox.offer(event(7), now: 0) == [
        Outbox.Delivery(id: 1, topic: "digit", payload: #"{"digit": 7, "age_ms": 0}"#, isRetained: false)
      ])
    #expect(
      outbox.offer(state("state", "paused"), now: 0) == [
        Outbox.Delivery(id: 2, topic: "state", payload: "paused", isRetained: true)
      ])
    #expect(!outbox.isEmpty)
    _ = outbox.confirm(1, now: 0)
    _ = outbox.confirm(2, now: 0)
    #expect(outbox.isEmpty)
  }

  @Test func `messages that waited come in order and have their age`() {
    var outbox = Outbox()
    for number in 1...3 { #expect(outbox.offer(event(number), now: Int64(number) * 1000).isEmpty) }
    #expect(
      payloads(outbox.connect(now: 61_000)) == [
        #"{"digit": 1, "age_ms": 60000}"#, #"{"digit": 2, "age_ms": 59000}"#, #"{"digit": 3, "age_ms": 58000}"#,
      ])
  }

  @Test func `of a state only the latest is sent, before the events`() {
    var outbox = Outbox()
    _ = outbox.offer(event(1), now: 0)
    _ = outbox.offer(state("a", "old"), now: 0)
    _ = outbox.offer(state("b", "only"), now: 0)
    _ = outbox.offer(state("a", "new"), now: 0)
    #expect(payloads(outbox.connect(now: 0)) == ["only", "new", #"{"digit": 1, "age_ms": 0}"#])
  }

  @Test func `only so many messages are on their way at once`() {
    var outbox = Outbox(limit: 1000, window: 2)
    _ = outbox.connect(now: 0)
    let sent = (1...5).map { outbox.offer(event($0), now: 0).count }
    #expect(sent == [1, 1, 0, 0, 0])
    #expect(payloads(outbox.confirm(1, now: 5)) == [#"{"digit": 3, "age_ms": 5}"#])
    #expect(outbox.confirm(1, now: 5).isEmpty)  // told twice
  }

  @Test func `a message that was not confirmed is sent again`() {
    var outbox = Outbox()
    _ = outbox.connect(now: 0)
    _ = outbox.offer(state("a", "old"), now: 0)
    _ = outbox.offer(event(1), now: 0)
    _ = outbox.offer(event(2), now: 0)
    _ = outbox.confirm(2, now: 0)
    outbox.disconnect()
    _ = outbox.offer(event(3), now: 100)
    #expect(
      payloads(outbox.connect(now: 200)) == ["old", #"{"digit": 2, "age_ms": 200}"#, #"{"digit": 3, "age_ms": 100}"#])
  }

  @Test func `a state that has changed since is not sent again`() {
    var outbox = Outbox()
    _ = outbox.connect(now: 0)
    _ = outbox.offer(state("a", "old"), now: 0)
    outbox.disconnect()
    _ = outbox.offer(state("a", "new"), now: 0)
    #expect(payloads(outbox.connect(now: 0)) == ["new"])
    // Nor one that changed while it was on its way, and was lost
    _ = outbox.offer(state("a", "newer"), now: 0)
    outbox.disconnect()
    #expect(payloads(outbox.connect(now: 0)).last == "newer")
  }

  @Test func `where there is no room the oldest event is dropped and counted`() {
    var outbox = Outbox(limit: 3)
    _ = outbox.offer(state("a", "kept"), now: 0)
    for number in 1...5 { _ = outbox.offer(event(number), now: 0) }
    #expect(outbox.takeDropped() == 2)
    #expect(outbox.takeDropped() == 0)
    #expect(payloads(outbox.connect(now: 0)).count == 4)
  }

  @Test func `a reading is sent now or never`() {
    var outbox = Outbox(limit: 10, window: 2)
    let reading = Publication(topic: "level", kind: .reading, payload: .object(["rms": -40]))
    #expect(outbox.offer(reading, now: 0).isEmpty)
    #expect(outbox.connect(now: 0).isEmpty)
    #expect(payloads(outbox.offer(reading, now: 0)) == [#"{"rms": -40}"#])
    _ = outbox.offer(event(1), now: 0)
    // While more waits than may be on its way it is left out, and it is not sent again.
    #expect(outbox.offer(reading, now: 0).isEmpty)
    outbox.disconnect()
    #expect(payloads(outbox.connect(now: 9)) == [#"{"digit": 1, "age_ms": 9}"#])
  }
}
