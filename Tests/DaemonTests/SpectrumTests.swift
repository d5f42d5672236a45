import AudioInput
import DigitNetwork
import EventFeed
import Events
import Logging
import Synchronization
import TestSupport
import Testing
import digitd

/// Spectra on their way from the microphone to whoever asks.
@Suite(.timeLimit(.minutes(2))) struct SpectrumTests {
  /// Asks for some events and keeps them.
  private final class Viewer: EventSink {
    private let filter: EventFilter
    private let kept = Mutex<[EventEnvelope]>([])

    init(_ kinds: [Event.Kind]) { filter = EventFilter(kinds) }

    var all: [EventEnvelope] { kept.withLock { $0 } }
    func wants(_ kind: Event.Kind) -> Bool { filter.wants(kind) }
    func offer(_ event: PublishedEvent) { kept.withLock { $0.append(event.envelope) } }
  }

  @Test func `spectra come to those who ask and take no sequence number`() async throws {
    // Given a microphone that hears a tone of 1 kHz for two seconds, somebody who asks for spectra and somebody who does not
    let tone = (0..<32_000).map { sample in Float([0.0, 0.354, 0.5, 0.354, 0, -0.354, -0.5, -0.354][sample / 2 % 8]) }
    let folder = try TemporaryFolder()
    let model = try SequenceModel(contentsOf: folder.model())
    let system = ScriptedSystem(
      [.opens(16_000), .sound(tone)], diagnosis: DeviceDiagnosis(root: "/nowhere") { _ in true })
    let microphone = try ScriptedMicrophone(system, device: "hw:CARD=Test")
    let (hub, viewer, plain) = (EventHub(), Viewer([.spectrum]), Viewer([.voiceStarted, .voiceStopped]))
    hub.add(viewer)
    hub.add(plain)
    let loop = try ListeningLoop(
      source: microphone, model: model, hub: hub,
      counters: Counters(device: "hw:CARD=Test", state: .lost), notifier: ServiceNotifier(environment: [:]),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    // When it is heard
    try await onThread { try loop.run() }
    // Then a spectrum of every 100 ms has come, with the number of the event before it, to the one who asked
    let spectra = viewer.all.compactMap { if case .spectrum(let spectrum) = $0.event { spectrum } else { nil } }
    #expect(spectra.count == viewer.all.count)
    #expect(spectra.map(\.timestamp) == (1...20).map { 100 * $0 })
    #expect(plain.all.allSatisfy { $0.event.kind != .spectrum } && !plain.all.isEmpty)
    #expect(Set(viewer.all.map(\.sequence)).isSubset(of: 0...hub.lastSequence))
    // and its loudest band is the one whose centre lies next to the tone, at its level
    let last = try #require(spectra.last)
    let loudest = try #require(last.bandsDBFS.indices.max { last.bandsDBFS[$0] < last.bandsDBFS[$1] })
    #expect(
      loudest
        == Event.Spectrum.centres.indices.min {
          abs(Event.Spectrum.centres[$0] - 1000) < abs(Event.Spectrum.centres[$1] - 1000)
        })
    #expect((-12 ... -8).contains(last.bandsDBFS[loudest]))
  }
}
