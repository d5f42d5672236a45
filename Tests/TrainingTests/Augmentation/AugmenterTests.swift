import SpeechFeatures
import Testing
import Training

/// A small bank of made sounds: ten "digits" of different tones by two "speakers", and some "speech" and "noise".
enum TinyBank {
  static func clips(digits: Range<Int> = 0..<10) -> [Clip] {
    var random = SeededGenerator(seed: 3)
    func recording(_ label: RecordingLabel, _ name: String, _ speaker: String) -> Recording {
      Recording(
        path: name, label: label, speaker: speaker, source: "made", licence: "none", duration: 0, split: "train")
    }
    func tone(_ period: Int, _ count: Int) -> [Float] {
      (0..<count).map { ($0 / period) % 2 == 0 ? 0.3 : -0.3 }
    }
    var clips: [Clip] = []
    for digit in digits {
      for speaker in ["ann", "bob"] {
        let samples =
          [Float](repeating: 0, count: 1600) + tone(4 + 3 * digit + (speaker == "ann" ? 0 : 1), 3200)
          + [Float](repeating: 0, count: 800)
        clips.append(
          Clip(
            recording: recording(.digit(digit), "\(digit)_\(speaker).wav", speaker), samples: samples,
            sound: 1600..<4800))
      }
    }
    for index in 0..<4 {
      let words = (0..<24_000).map { ($0 / 4000) % 2 == 0 ? random.normal() * 0.2 : 0 }
      clips.append(Clip(recording: recording(.speech, "s\(index).wav", "carl"), samples: words, sound: 0..<24_000))
      let noise = (0..<16_000).map { _ in random.normal() * 0.1 }
      clips.append(Clip(recording: recording(.noise, "n\(index).wav", ""), samples: noise, sound: 0..<16_000))
    }
    return clips
  }
}

@Suite struct AugmenterTests {
  static func examples(_ augmenter: Augmenter, _ range: Range<UInt64>) -> [Example] {
    range.map { index in Example { augmenter.make(index, image: $0, target: $1) } }
  }

  @Test func aSoundOfAFewMillisecondsMakesAnExampleToo() throws {
    // Given words of 10 ms, into which most cuts go too far
    let clips = TinyBank.clips().map { clip in
      let start = clip.sound.lowerBound
      return Clip(recording: clip.recording, samples: clip.samples, sound: start..<start + 80)
    }
    let augmenter = try Augmenter(try SoundBank(clips), seed: 1)
    for example in Self.examples(augmenter, 0..<400) { #expect(example.image.allSatisfy { $0.isFinite }) }
  }

  @Test func examplesAreFiniteAndTheirTargetsSumToOne() throws {
    let augmenter = try Augmenter(try SoundBank(TinyBank.clips()), seed: 1)
    var classes = Set<Int>()
    for example in Self.examples(augmenter, 0..<400) {
      #expect(example.image.allSatisfy { $0.isFinite })
      #expect(example.image.contains { $0 > 0 }, "an empty picture")
      #expect(abs(example.target.reduce(0, +) - 1) < 1e-5)
      classes.insert(example.target.indices.max { example.target[$0] < example.target[$1] } ?? -1)
    }
    #expect(classes == Set(0...10), "every class occurs")
  }

  @Test func anExampleDependsOnItsNumberAndSeedAlone() throws {
    let bank = try SoundBank(TinyBank.clips())
    let forward = Self.examples(try Augmenter(bank, seed: 1), 0..<30)
    let augmenter = try Augmenter(bank, seed: 1)
    for index in (0..<30).reversed() {
      let again = Self.examples(augmenter, UInt64(index)..<UInt64(index) + 1)[0]
      #expect(again == forward[index])
    }
    let other = Self.examples(try Augmenter(bank, seed: 2), 0..<30)
    #expect(zip(other, forward).contains { $0.image != $1.image })
  }

  /// A word of 200 ms that stand 40 dB under the rest, 300 ms.
  @Test func weakEndsAreLostWhereTheyAreToBe() throws {
    var random = SeededGenerator(seed: 5)
    let clips = TinyBank.clips().map { clip in
      guard case .digit = clip.recording.label else { return clip }
      let samples = (0..<4000).map { random.normal() * ($0 < 1600 ? 0.003 : 0.3) }
      return Clip(recording: clip.recording, samples: samples, sound: 0..<4000)
    }
    func meanFrames(weakEndsLost: Float) throws -> Float {
      var settings = AugmentationSettings()
      settings.digitShare = 1
      (settings.noise, settings.reverberation, settings.neighbour, settings.mask) = (0, 0, 0, 0)
      settings.weakEndsLost = weakEndsLost
      let floor = -Float(FeatureParameters.standard.mean / FeatureParameters.standard.deviation)
      let examples = Self.examples(try Augmenter(try SoundBank(clips), settings: settings, seed: 1), 0..<40)
      let sounding = examples.map { example in
        (0..<128).count { frame in (0..<128).contains { example.image[$0 * 128 + frame] > floor + 0.1 } }
      }
      return Float(sounding.reduce(0, +)) / Float(examples.count)
    }
    let (kept, lost) = (try meanFrames(weakEndsLost: 0), try meanFrames(weakEndsLost: 1))
    #expect(kept - lost > 12 && kept - lost < 40, "\(kept) frames hold sound, \(lost) without the weak beginning")
  }

  @Test func aDigitWithoutRecordingsIsNamed() {
    let error = #expect(throws: DataError.self) { try SoundBank(TinyBank.clips(digits: 0..<9)) }
    #expect(error?.description.contains("digit 9") == true)
  }

  @Test func theBanksFingerprintKnowsItsRecordings() throws {
    let clips = TinyBank.clips()
    #expect(try SoundBank(clips).fingerprint == SoundBank(clips).fingerprint)
    #expect(try SoundBank(clips).fingerprint != SoundBank(Array(clips.dropLast())).fingerprint)
  }
}
