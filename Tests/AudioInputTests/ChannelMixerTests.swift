import AudioInput
import Testing

/// Two seconds and more of several channels, made one.
@Suite struct ChannelMixerTests {
  private static let rate = 16_000
  private static let settings = {
    var settings = ChannelMixer.Settings()
    (settings.cancelled, settings.added) = (0.04, 0.4)
    (settings.loud, settings.least, settings.forgotten) = (0.01, 1e-9, 0.998)
    (settings.confirmation, settings.over) = (15, 100)
    (settings.deadPower, settings.deadAfter, settings.aliveAfter) = (1e-11, 200, 5)
    return settings
  }()
  private let voice = Signal.sine(300, rate: rate, count: rate, amplitude: 0.1)

  /// Noise of about −70 dBFS: no two channels of a converter have the same.
  private func hiss(_ count: Int, seed: UInt64) -> [Float] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).map { _ in Float.random(in: -0.0005...0.0005, using: &generator) }
  }

  private func sum(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).map { $0 + $1 } }

  private func mix(_ mixer: inout ChannelMixer, _ channels: [[Float]]) -> (mono: [Float], found: [ChannelFinding]) {
    let count = channels[0].count
    let frames = (0..<count).flatMap { frame in channels.map { $0[frame] } }
    var mono = [Float](repeating: 9, count: count)
    var found: [ChannelFinding] = []
    // As a device gives it: 30 ms at a time.
    for start in stride(from: 0, to: count, by: 480) {
      let taken = min(480, count - start)
      frames.withUnsafeBufferPointer { frames in
        mono.withUnsafeMutableBufferPointer { mono in
          guard let input = frames.baseAddress, let output = mono.baseAddress else { return }
          mixer.mix(input + start * channels.count, count: taken, into: output + start)
        }
      }
      while let finding = mixer.takeFinding() { found.append(finding) }
    }
    return (mono, found)
  }

  private func mixer(_ channels: Int) -> ChannelMixer {
    ChannelMixer(channels: channels, sampleRate: Self.rate, settings: Self.settings)
  }

  @Test func `the channel that is wanted is taken`() {
    var mixer = ChannelMixer(channels: 2, sampleRate: Self.rate, channel: 1)
    let (mono, found) = mix(&mixer, [voice.map(-), voice])
    #expect(mono == voice && found.isEmpty)
  }

  @Test func `many channels of which one has a microphone do not cancel`() {
    var mixer = mixer(64)
    let others = (0..<63).map { hiss(Self.rate, seed: $0 + 1) }
    #expect(mix(&mixer, [voice] + others).found.isEmpty)
  }

  @Test func `channels that agree are averaged`() {
    var mixer = mixer(2)
    let (mono, found) = mix(&mixer, [voice, voice.map { $0 * 0.5 }])
    #expect(Signal.largestDifference(mono, voice.map { $0 * 0.75 }) < 1e-6)
    #expect(found.isEmpty)
  }

  @Test func `channels that cancel are named, and one of them is heard from the first word on`() {
    let quiet = [Float](repeating: 0, count: Self.rate)
    let left = sum(quiet + voice + quiet, hiss(3 * Self.rate, seed: 1))
    let right = sum((quiet + voice + quiet).map(-), hiss(3 * Self.rate, seed: 2))
    var mixer = mixer(2)
    let (mono, found) = mix(&mixer, [left, right])
    #expect(found == [.cancelling(heard: 1)] || found == [.cancelling(heard: 2)])
    let heard = mono[Self.rate..<2 * Self.rate]
    #expect(abs(Signal.decibels(heard) - Signal.decibels(voice)) < 0.1)
  }

  @Test func `of channels that cancel the louder one is heard`() {
    var mixer = mixer(2)
    let (mono, found) = mix(&mixer, [voice.map { $0 * -0.95 }, voice])
    #expect(found == [.cancelling(heard: 2)])
    #expect(mono == voice)
  }

  @Test func `a channel that is put right is no longer named`() {
    var mixer = mixer(2)
    let turned = voice + voice + voice
    let right = voice.map(-) + voice + voice
    #expect(mix(&mixer, [turned, right]).found.map { $0 == .cancelling(heard: nil) } == [false, true])
  }

  @Test func `silence between words changes no finding`() {
    // Noise of two converters neither cancels nor agrees; after a minute of it the next word is still heard.
    var mixer = mixer(2)
    _ = mix(&mixer, [voice, voice.map(-)])
    let minute = mix(&mixer, [hiss(60 * Self.rate, seed: 3), hiss(60 * Self.rate, seed: 4)])
    #expect(minute.found.isEmpty)
    let (mono, found) = mix(&mixer, [voice, voice.map(-)])
    #expect(found.isEmpty)
    #expect(abs(Signal.decibels(mono) - Signal.decibels(voice)) < 0.1)
  }

  @Test func `a dead channel is named and left out of the mean`() {
    let dead = [Float](repeating: 0.001, count: 4 * Self.rate)
    let alive = voice + voice + voice + voice
    var mixer = mixer(3)
    let (mono, found) = mix(&mixer, [alive, dead, alive])
    #expect(found == [.dead([ChannelSet(rawValue: 0b010)])])
    #expect(Signal.largestDifference(mono.suffix(Self.rate), voice) < 1e-6)
    let again = mix(&mixer, [voice, voice, voice])
    #expect(again.found == [.dead([])])
    #expect(ChannelSet(rawValue: 0b101).numbers == [1, 3])
  }

  @Test func `with half of the channels dead those that cancel are still found`() {
    let dead = [Float](repeating: 0, count: 6 * Self.rate)
    let alive = (0..<6).flatMap { _ in voice }
    var mixer = mixer(3)
    let (_, found) = mix(&mixer, [alive, dead, alive.map(-)])
    #expect(Set(found.map { "\($0)" }).count == 2)
    #expect(found.contains(.dead(ChannelSet(rawValue: 0b010))))
  }

  @Test func `a muted microphone has no dead channels`() {
    let silence = [Float](repeating: 0, count: 4 * Self.rate)
    var mixer = mixer(2)
    #expect(mix(&mixer, [silence, silence]).found.isEmpty)
  }
}
