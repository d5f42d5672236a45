import EventFeed
import Events
import Foundation
import Logging
import Synchronization

/// The daemon's socket with nothing behind it: what it says is up to the test.
struct FakeDaemon {
  let path: String
  let hub: EventHub
  /// What it was asked for, in order: true to close the microphone, false to open it.
  let pauses: AsyncStream<Bool>
  /// One for each connection: from then on live events reach it, or wait until it is known which it wants.
  let greetings: AsyncStream<Void>
  /// How many events somebody wanted: the hub asks for the time for those alone.
  private let wanted: Counter
  private let server: EventServer

  static func hello(_ session: String) -> Event.Hello {
    Event.Hello(
      version: "1.2", session: session, model: "digits", language: "en", labels: ["0", "1"], device: "default",
      state: .listening)
  }

  static let status = Event.Status(
    version: "1.2", session: "a", model: "digits", device: "default", state: .listening, uptimeSeconds: 60,
    transcripts: 7)

  init(path: String, session: String = "a", status: Event.Status = status) async throws {
    self.path = path
    let wanted = Counter()
    self.wanted = wanted
    hub = EventHub(now: {
      wanted.value.add(1, ordering: .relaxed)
      return WallTime.now()
    })
    let (hub, microphone) = (hub, Microphone())
    let (pauses, asked) = AsyncStream.makeStream(of: Bool.self)
    self.pauses = pauses
    let (greetings, greeted) = AsyncStream.makeStream(of: Void.self)
    self.greetings = greetings
    var responder = EventResponder(
      hello: {
        greeted.yield()
        var hello = Self.hello(session)
        if microphone.isPaused.withLock({ $0 }) { hello.state = .paused }
        return hello
      }, info: { Event.Info(name: "", description: "", version: "", models: []) },
      status: {
        var status = status
        if microphone.isPaused.withLock({ $0 }) { status.state = .paused }
        return status
      }, recogniser: { _ in NoRecogniser() })
    // Done as soon as it is asked for.
    responder.pause = { isPaused in
      asked.yield(isPaused)
      microphone.isPaused.withLock { $0 = isPaused }
      hub.publish(.device(Event.Device(state: isPaused ? .paused : .listening, name: "default")))
      return true
    }
    server = try await EventServer.start(
      on: try ListeningSocket.make(path: path), hub: hub, responder: responder, logger: .init(label: "test"))
  }

  private final class Microphone: Sendable {
    let isPaused = Mutex(false)
  }

  private final class Counter: Sendable {
    let value = Atomic(0)
  }

  static let level = Event.level(
    Event.Level(rmsDBFS: -60, peakDBFS: -50, noiseFloorDBFS: -62, thresholdDBFS: -50, speech: false))

  /// A tone in the eighth band, where 100 ms of the stream end.
  static func tone(at timestamp: Int) -> Event {
    .spectrum(Event.Spectrum(timestamp: timestamp, bandsDBFS: (0..<32).map { $0 == 7 ? -22 : -95 }))
  }

  /// Publishes an event that comes only to those who ask, until a subscriber has asked for it: from then on its
  /// subscription counts.
  func publishUntilWanted(_ event: Event) async {
    let before = wanted.value.load(ordering: .relaxed)
    while wanted.value.load(ordering: .relaxed) == before {
      hub.publish(event)
      await Task.yield()
    }
  }

  func stop() async { await server.shutdown() }

  static func withPath(_ body: (String) async throws -> Void) async throws {
    // Short: a socket's path has room for a hundred bytes.
    let folder = "/tmp/ct-\(UInt32.random(in: 0...UInt32.max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder + "/s")
  }
}

/// No client of these tests sends a recording.
struct NoRecogniser: RecordingRecognising {
  func hear(_ samples: [Float]) async -> [Event] { [] }
  func finish() async -> [Event] { [] }
}
