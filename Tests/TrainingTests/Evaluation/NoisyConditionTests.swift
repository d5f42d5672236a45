import Testing
import Training

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

@Suite struct NoisyConditionTests {
  /// A second of a 500 Hz tone between silences of 0.2 s.
  static let clip: Clip = {
    let tone = (0..<8000).map { 0.3 * [0, 0.5, 1, 0.5, 0, -0.5, -1, -0.5][$0 / 2 % 8] as Float }
    let silence = [Float](repeating: 0, count: 1600)
    return Clip(recording: recording("a.wav"), samples: silence + tone + silence, sound: 1600..<9600)
  }()

  static func recording(_ path: String, split: String = "validate") -> Recording {
    Recording(path: path, label: .noise, speaker: "", source: "", licence: "", duration: 0, split: split)
  }

  static func decibels(_ signal: ArraySlice<Float>, over noise: ArraySlice<Float>) -> Float {
    20 * log10f(rms(signal) / rms(noise))
  }

  static func rms(_ samples: ArraySlice<Float>) -> Float {
    (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot()
  }

  @Test(arguments: [(20.0, 0.0, 0.0), (0, 0, 0), (5, 0.5, 0.25)])
  func `the signal-to-noise ratio holds over the sound itself`(ratio: Double, before: Double, after: Double) {
    // Given noise over a clip, and perhaps around it
    let condition = NoisyCondition(
      kind: .pink, signalToNoise: ratio, margin: .init(before: before, after: after), seed: 3)
    let noisy = condition.samples(of: Self.clip, index: 7)
    let lead = Int(before * 8000)
    #expect(noisy.count == Self.clip.samples.count + Int((before + after) * 8000))
    // When the clip is taken away again
    var noise = noisy
    for (offset, sample) in Self.clip.samples.enumerated() { noise[lead + offset] -= sample }
    // Then what is left is so many dB under the tone where the tone lies, and is everywhere
    let sound = lead + 1600..<lead + 9600
    #expect(abs(Self.decibels(Self.clip.samples[1600..<9600], over: noise[sound]) - Float(ratio)) < 0.01)
    for start in stride(from: 0, to: noise.count - 800, by: 800) {
      #expect(Self.rms(noise[start..<start + 800]) > 0)
    }
  }

  @Test func `the piece of noise depends on index and seed alone`() {
    func noise(_ ratio: Double, index: Int = 1, seed: UInt64 = 1) -> [Float] {
      let noisy = NoisyCondition(kind: .white, signalToNoise: ratio, seed: seed).samples(of: Self.clip, index: index)
      return zip(noisy, Self.clip.samples).map { $0 - $1 }
    }
    let (quiet, loud) = (noise(20), noise(0))
    #expect(zip(quiet, loud).allSatisfy { abs($0 * 10 - $1) < 1e-4 })
    #expect(noise(0) == loud)
    #expect(noise(0, index: 2) != loud)
    #expect(noise(0, seed: 2) != loud)
  }

  @Test func `noise with gaps is taken where it sounds`() {
    // Given a bark of 0.1 s in ten seconds of silence
    var samples = [Float](repeating: 0, count: 80_000)
    for i in 40_000..<40_800 { samples[i] = i % 2 == 0 ? 0.5 : -0.5 }
    let kind = NoiseKind.kinds(from: [Clip(recording: Self.recording("x/bark.wav"), samples: samples, sound: 0..<0)])[2]
    // Then it lies over the sound each time, and never is silence made loud
    for index in 0..<20 {
      let noisy = NoisyCondition(kind: kind, signalToNoise: 0, seed: 1).samples(of: Self.clip, index: index)
      let noise = zip(noisy, Self.clip.samples).map { $0 - $1 }
      #expect(abs(Self.decibels(Self.clip.samples[1600..<9600], over: noise[1600..<9600])) < 0.01)
    }
  }

  @Test func `kinds go by folder or by class and prefer held-out recordings`() {
    let clips = [
      ("esc10/Dog_bark_3-1-A.flac", "validate"), ("esc10/Dog_bark_1-7-A.flac", "train"),
      ("derived-babble/a_01.flac", "validate"), ("debian-asterisk-moh/x.wav", "train"), ("keys/y.wav", "train"),
    ].map { Clip(recording: Self.recording($0.0, split: $0.1), samples: [1], sound: 0..<1) }
    let kinds = NoiseKind.kinds(from: clips)
    #expect(kinds.map(\.name) == ["white", "pink", "babble", "dog bark", "keys", "music"])
    #expect(kinds.map(\.isLearnedFrom) == [false, false, false, false, true, true])
    #expect(kinds[3].recordings.map(\.split) == ["validate"])
    #expect(NoiseKind.each(of: kinds).map(\.name) == ["white", "pink", "babble", "dog bark", "music"])
  }
}

@Suite struct NoiseTableTests {
  @Test func `mean and worst stand under the kinds`() {
    let table = NoiseTable(
      snr: [10, 0],
      rows: [
        .init(noise: "white", accuracy: [1, 0.5]), .init(noise: "babble", accuracy: [0.9, 0.3], learnedFrom: true),
      ], total: 10,
      seed: 1, margin: .none)
    #expect(table.mean == [0.95, 0.4])
    #expect(table.worst == [.init(noise: "babble", accuracy: 0.9), .init(noise: "babble", accuracy: 0.3)])
    let lines = table.text.split(separator: "\n").map(String.init)
    #expect(lines.count == 6)
    #expect(lines[1] == "white             100.0         50.0")
    #expect(lines[2].hasPrefix("babble * "))
    #expect(lines[4] == "worst       babble 90.0  babble 30.0")
  }
}

@Suite struct ProportionTests {
  @Test func `the interval is Wilson's`() {
    // Given 10 of 100; statsmodels.stats.proportion.proportion_confint(10, 100, method="wilson")
    let interval = Proportion(10, of: 100).interval
    #expect(abs(interval.lowerBound - 0.055_229_14) < 1e-6)
    #expect(abs(interval.upperBound - 0.174_365_66) < 1e-6)
    #expect(Proportion(0, of: 50).interval.lowerBound == 0)
    #expect(Proportion(0, of: 0).interval == 0...1)
    #expect(Proportion(34, of: 253).text == "34 of 253 (13.4 %)")
  }
}
