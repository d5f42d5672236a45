import Glibc
import Recognition
import SpeechFeatures
import Testing

/// What is told of the sound for people to look at.
@Suite struct ListenerSpectrumTests {
  private func power(_ spectrum: SoundSpectrum) -> Double {
    spectrum.bandsDBFS.indices.reduce(0) { $0 + pow(10, Double(spectrum.bandsDBFS[$1]) / 10) }
  }

  @Test func `ten spectra a second, each after its level and with its power`() throws {
    // Given a second of a room, one of a hiss, one of a tone at 500 Hz
    let stage = ListenerStage(wantsSpectrum: { true }) { _ in .noDigit }
    var sound = Sound()
    sound.room(1000)
    sound.noise(1000)
    sound.tone(1000)
    // When it is heard
    stage.hear(sound)
    // Then the spectra lie end to end
    #expect(stage.spectra.map(\.timestamp) == (1...30).map { 100 * $0 })
    let shown = stage.events.compactMap { event -> String? in
      switch event {
      case .level: "level"
      case .spectrum: "spectrum"
      default: nil
      }
    }
    #expect(shown == (1...30).flatMap { _ in ["level", "spectrum"] })
    // and have the power of the sound, but for that of the windows that reach back into the sound before
    let levels = stage.events.compactMap { if case .level(let level) = $0 { level.rmsDBFS } else { nil } }
    for (index, (spectrum, level)) in zip(stage.spectra, levels).enumerated() where index % 10 > 0 {
      #expect(abs(10 * log10(power(spectrum)) - level) < 1, "\(index)")
    }
    // and the tone is where it is
    let tone = try #require(stage.spectra.last)
    let loudest = tone.bandsDBFS.indices.max { tone.bandsDBFS[$0] < tone.bandsDBFS[$1] }
    var parameters = FeatureParameters.standard
    (parameters.bands, parameters.preEmphasis) = (SoundSpectrum.bandCount, 0)
    let bank = MelFilterBank(parameters)
    let bin = 500 * parameters.fftSize / parameters.sampleRate
    #expect(loudest == (0..<32).max { bank.dense(band: $0, bins: 257)[bin] < bank.dense(band: $1, bins: 257)[bin] })
    #expect(tone.bandsDBFS[20] < -50)
  }

  @Test func `silence has a number, and what is no number is none`() {
    let stage = ListenerStage(wantsSpectrum: { true }) { _ in .noDigit }
    var sound = Sound()
    sound.zeros(500)
    sound.samples += [Float](repeating: .nan, count: 800) + [Float](repeating: 1e30, count: 1600)
    stage.hear(sound)
    #expect(stage.spectra.count == 8)
    #expect(stage.spectra.prefix(6).allSatisfy { $0.bandsDBFS == SIMD32(repeating: -100) })
  }

  @Test func `nobody asks, none is made; who asks is asked once for each`() {
    var (asked, wanted) = (0, false)
    let stage = ListenerStage(
      wantsSpectrum: {
        asked += 1
        return wanted
      }
    ) { _ in .noDigit }
    var sound = Sound()
    sound.room(1000)
    stage.hear(sound)
    #expect(stage.spectra.isEmpty && asked == 10)
    // It begins with what was heard before it was wanted.
    wanted = true
    stage.hear(sound)
    #expect(stage.spectra.map(\.timestamp) == (11...20).map { 100 * $0 } && asked == 20)
    #expect(stage.spectra.allSatisfy { $0.bandsDBFS.min() > -95 })
  }

  @Test func `a loss moves their clock`() {
    let stage = ListenerStage(wantsSpectrum: { true }) { _ in .noDigit }
    var sound = Sound()
    sound.room(200)
    stage.hear(sound)
    stage.lose(milliseconds: 5000)
    stage.hear(sound)
    #expect(stage.spectra.map(\.timestamp) == [100, 200, 5300, 5400])
  }
}
