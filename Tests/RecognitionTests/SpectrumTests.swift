import Events
import Glibc
import Recognition
import SpeechFeatures
import TestSupport
import Testing

/// What is told of the sound for people to look at.
@Suite struct SpectrumTests {
  private func events(_ room: Room, wanted: @escaping () -> Bool = { true }) throws -> [Event] {
    let stream = try SoundStream(model: SevenModel.make(), wantsSpectrum: wanted)
    var events: [Event] = []
    try stream.begin(rate: room.rate) { events.append($0) }
    stream.hear(room.samples, pieces: [80]) { events.append($0) }
    return events
  }

  private func spectra(_ events: [Event]) -> [Event.Spectrum] {
    events.compactMap { if case .spectrum(let spectrum) = $0 { spectrum } else { nil } }
  }

  private func power(_ spectrum: Event.Spectrum) -> Double {
    spectrum.bandsDBFS.reduce(0) { $0 + pow(10, Double($1) / 10) }
  }

  @Test func `ten spectra a second, each after its level and with its power`() throws {
    // Given a second of a room, one of a hiss, one of a tone at 500 Hz
    var room = Room()
    room.quiet(1000)
    room.noise(1000)
    room.append((0..<8000).map { 0.3 * sinf(2 * .pi * 500 * Float($0) / 8000) })
    room.quiet(100)
    let events = try events(room)
    // Then the spectra lie end to end, each after its level
    let shown = events.map(\.type).filter { $0 == "level" || $0 == "spectrum" }
    #expect(shown == (0..<shown.count / 2).flatMap { _ in ["level", "spectrum"] } && shown.count / 2 >= 30)
    let spectra = spectra(events)
    #expect(zip(spectra, spectra.dropFirst()).allSatisfy { $1.timestamp - $0.timestamp == 100 })
    // and have the power of the sound, but for that of the windows that reach back into the sound before
    let levels = events.compactMap { if case .level(let level) = $0 { level.rmsDBFS } else { nil } }
    for (index, (spectrum, level)) in zip(spectra, levels).enumerated() where (11..<20).contains(index) {
      #expect(abs(10 * log10(power(spectrum)) - level) < 1, "\(index)")
    }
    // and the tone is where it is
    let tone = spectra[28].bandsDBFS
    let loudest = try #require(tone.indices.max { tone[$0] < tone[$1] })
    #expect(
      loudest
        == Event.Spectrum.centres.indices.min {
          abs(Event.Spectrum.centres[$0] - 500) < abs(Event.Spectrum.centres[$1] - 500)
        })
    #expect(tone[20] < -50)
  }

  @Test func `silence has a number`() throws {
    var room = Room()
    room.zeros(700)
    let spectra = spectra(try events(room))
    #expect(!spectra.isEmpty && spectra.allSatisfy { $0.bandsDBFS == Array(repeating: -100, count: 32) })
  }

  @Test func `without a subscriber no spectrum is made, and each time that is asked once`() throws {
    var asked = 0
    var room = Room()
    room.quiet(1050)
    let events = try events(room) {
      asked += 1
      return false
    }
    #expect(spectra(events).isEmpty)
    #expect(asked == events.count { $0.kind == .level } && asked >= 9)
  }
}
