import DigitNetwork
import SpeechFeatures

/// Makes training examples: a recording is drawn, its voice, its cut, its room and its microphone are varied, and it goes
/// through the live feature extractor.
///
/// An example depends on the seed and its number alone, not on the thread that makes it or on the order.
/// Owned by one thread at a time.
public final class Augmenter {
  /// The class after the ten digits.
  public static let other = 10
  public static let classes = 11

  /// - Parameter name: what the message calls the network.
  /// - Throws: `TrainingEngineError` if a network of this shape has other inputs or classes than examples have.
  static func requireExamplesFit(_ architecture: NetworkArchitecture, of name: String) throws {
    let standard = NetworkArchitecture.standard(classes: classes)
    guard architecture.classes == standard.classes, architecture.input == standard.input else {
      throw TrainingEngineError.architecture(
        "\(name) makes \(architecture.classes) classes of \(architecture.input.bands) × \(architecture.input.frames), "
          + "but examples have \(standard.classes) of \(standard.input.bands) × \(standard.input.frames)")
    }
  }

  private let bank: SoundBank
  private let settings: AugmentationSettings
  private let seed: UInt64
  private let extractor: FeatureExtractor
  private let noises: NoiseMaker
  private let filters: [MelFilterBank]
  private let unwarped: FloatBuffer
  private let spectrogramMask: SpectrogramMask

  public init(
    _ bank: SoundBank, settings: AugmentationSettings = .standard, parameters: FeatureParameters = .standard,
    seed: UInt64
  ) throws {
    self.bank = bank
    self.settings = settings
    self.seed = seed
    extractor = try FeatureExtractor(parameters)
    noises = NoiseMaker(bank: bank)
    spectrogramMask = SpectrogramMask(parameters)
    unwarped = FloatBuffer(count: parameters.bands * parameters.frames)
    let (low, high) = (Double(settings.warp.lowerBound), Double(settings.warp.upperBound))
    filters = (0...16).map { MelFilterBank(parameters, warp: low + (high - low) * Double($0) / 16) }
  }

  /// Makes example number `index`.
  ///
  /// - Parameters:
  ///   - attempt: another number gives another example of the same subject, out of another recording most times.
  ///   - image: 128 × 128 values, `[band * 128 + frame]`.
  ///   - target: 11 values that sum to 1.
  public func make(
    _ index: UInt64, attempt: Int = 0, image: UnsafeMutablePointer<Float>, target: UnsafeMutablePointer<Float>
  ) {
    var random = SeededGenerator(seed: seed, stream: index)
    let subject = subject(&random)
    if attempt > 0 { random = SeededGenerator(seed: seed, stream: index, UInt64(attempt)) }
    var (source, label) = draw(subject, &random)
    if random.chance(settings.weakEndsLost) {
      source = source.withoutEnds(weakerBy: random.uniform(in: settings.weakEnds), keeping: random.index(below: 160))
    }
    let timeline = place(&source, &random)
    write(label, to: target)
    let variation = FeatureExtractor.Variation(
      filters: filters[random.index(below: filters.count)],
      response: SoundEffects.response(bins: extractor.parameters.bins, settings, &random))
    timeline.samples.withUnsafeBufferPointer { samples in
      extractor.spectrogram(
        of: UnsafeBufferPointer(rebasing: samples[timeline.utterance]),
        background: UnsafeBufferPointer(rebasing: samples[..<timeline.background]),
        variation: variation, into: unwarped.base)
    }
    ElasticWarp(
      bandCount: extractor.parameters.bands, frameCount: extractor.parameters.frames, settings, &random
    ).apply(to: unwarped.base, into: image)
    if random.chance(settings.mask) { spectrogramMask.apply(to: image, settings, &random) }
  }

  // MARK: - What is said

  /// A sound and where it lies in `samples`.
  private struct Source {
    var samples: [Float]
    var sound: Range<Int>

    /// From the first to the last 10 ms that are within `depth` dB of the loudest, and `margin` samples more on each side;
    /// as it is if that would leave less than 70 ms. Nothing lies around it any more.
    func withoutEnds(weakerBy depth: Float, keeping margin: Int) -> Source {
      let frame = 80
      let powers = stride(from: sound.lowerBound, through: sound.upperBound - frame, by: frame).map { start in
        samples[start..<start + frame].reduce(Float(0)) { $0 + $1 * $1 }
      }
      let smallest = (powers.max() ?? 0) * SoundEffects.amplitude(decibels: -2 * depth)
      guard let first = powers.firstIndex(where: { $0 > smallest }),
        let last = powers.lastIndex(where: { $0 > smallest }), last >= first + 6
      else { return self }
      let start = max(sound.lowerBound, sound.lowerBound + first * frame - margin)
      let end = min(sound.upperBound, sound.lowerBound + (last + 1) * frame + margin)
      return Source(samples: Array(samples[start..<end]), sound: 0..<end - start)
    }
  }

  /// What an example is of.
  public enum Subject: Sendable, Equatable {
    case digit(Int)
    /// What people said, and what synthetic voices did.
    case speech
    case syntheticSpeech
    /// A digit cut and joined wrongly or played backwards.
    case mangled
    case noise

    /// The class that an example of it belongs to.
    package var label: Int {
      switch self {
      case .digit(let digit): digit
      case .speech, .syntheticSpeech, .mangled, .noise: Augmenter.other
      }
    }
  }

  private enum Label {
    case digit(Int)
    case other
    /// Other, but near enough to a digit to leave a doubt.
    case doubtful
  }

  /// What example number `index` is of, whichever attempt it is.
  public func subject(of index: UInt64) -> Subject {
    var random = SeededGenerator(seed: seed, stream: index)
    return subject(&random)
  }

  private func subject(_ random: inout SeededGenerator) -> Subject {
    if random.chance(settings.digitShare) || bank.words.isEmpty && bank.syntheticWords.isEmpty {
      return .digit(random.index(below: 10))
    }
    let kind = random.unit()
    let (people, synthetic) = (settings.speechShare, settings.speechShare + settings.syntheticShare)
    if kind < synthetic {
      return !bank.words.isEmpty && (kind < people || bank.syntheticWords.isEmpty) ? .speech : .syntheticSpeech
    }
    return kind < synthetic + settings.mangledShare ? .mangled : .noise
  }

  private func draw(_ subject: Subject, _ random: inout SeededGenerator) -> (Source, Label) {
    switch subject {
    case .digit(let digit): (varied(bank.digits[digit].draw(&random), &random), .digit(digit))
    case .speech: (piece(bank.words, random.chance(settings.fragment), &random), .other)
    case .syntheticSpeech: (piece(bank.syntheticWords, false, &random), .other)
    case .mangled: (mangled(&random), .doubtful)
    case .noise: (noise(&random), .other)
    }
  }

  /// A word that is no digit, or a fragment of one: 0.15 to 0.6 s of it.
  private func piece(_ words: [SoundBank.Word], _ isFragment: Bool, _ random: inout SeededGenerator) -> Source {
    let word = words[random.index(below: words.count)]
    let clip = bank.speech[word.clip]
    var range = word.range
    if isFragment {
      let length = min(range.count, Int(8000 * random.uniform(in: 0.15...0.6)))
      let start = range.lowerBound + random.index(below: range.count - length + 1)
      range = start..<start + length
      // Nothing of what was cut off may lie in the margins.
      let alone = Clip(recording: clip.recording, samples: Array(clip.samples[range]), sound: 0..<length)
      return varied(alone, &random)
    }
    return varied(Clip(recording: clip.recording, samples: clip.samples, sound: range), &random)
  }

  /// The sound at another speed, with up to half a second of what lies around it.
  private func varied(_ clip: Clip, _ random: inout SeededGenerator) -> Source {
    let speed = random.uniform(in: settings.speed)
    let around = max(0, clip.sound.lowerBound - 4000)..<min(clip.samples.count, clip.sound.upperBound + 4000)
    let samples = SoundEffects.played(clip.samples[around], at: speed)
    func moved(_ place: Int) -> Int { min(samples.count, Int(Float(place - around.lowerBound) / speed)) }
    return Source(samples: samples, sound: moved(clip.sound.lowerBound)..<moved(clip.sound.upperBound))
  }

  /// A digit that is none: the first part of one and the last of another by the same speaker, or one played backwards.
  /// Made from the same voices and microphones as the digits, so that neither can be what tells them apart.
  private func mangled(_ random: inout SeededGenerator) -> Source {
    let digit = random.index(below: 9)
    let clip = bank.digits[digit].draw(&random)
    if random.chance(0.4) {
      // Not nine, which is much the same in both directions.
      var source = varied(clip, &random)
      source.samples.reverse()
      source.sound = source.samples.count - source.sound.upperBound..<source.samples.count - source.sound.lowerBound
      return source
    }
    let second = (digit + 1 + random.index(below: 9)) % 10
    var other = bank.digits[second].draw(&random)
    for _ in 0..<20 where other.recording.speaker != clip.recording.speaker {
      other = bank.digits[second].draw(&random)
    }
    func part(_ clip: Clip, _ from: Float, _ to: Float) -> ArraySlice<Float> {
      let (start, length) = (clip.sound.lowerBound, Float(clip.sound.count))
      return clip.samples[start + Int(from * length)..<start + Int(to * length)]
    }
    let join = random.uniform(in: 0.35...0.65)
    var head = Array(part(clip, 0, join))
    var tail = Array(part(other, random.uniform(in: 0.35...0.65), 1))
    let (a, b) = (NoiseMaker.rms(head[...]), NoiseMaker.rms(tail[...]))
    if a > 0, b > 0 { for i in tail.indices { tail[i] *= a / b } }
    // 10 ms of cross-fade, lest the network learn the seam.
    let fade = min(80, head.count, tail.count)
    for i in 0..<fade {
      let t = Float(i) / Float(fade)
      tail[i] = tail[i] * t + head[head.count - fade + i] * (1 - t)
    }
    head.removeLast(fade)
    let joined = SoundEffects.played((head + tail)[...], at: random.uniform(in: settings.speed))
    return Source(samples: joined, sound: 0..<joined.count)
  }

  /// Noise that voice activity might take for a word.
  private func noise(_ random: inout SeededGenerator) -> Source {
    if !bank.speech.isEmpty, random.chance(settings.crowd) {
      let count = 1600 + random.index(below: 8000)
      return standingOut(noises.babble(count, voices: 2 + random.index(below: 4), digits: 0, &random), &random)
    }
    guard !bank.noiseEvents.isEmpty, random.chance(settings.noiseEvent) else {
      // 0.1 to 1.2 s of any noise.
      return standingOut(noises.make(800 + random.index(below: 8800), &random), &random)
    }
    let event = bank.noiseEvents[random.index(below: bank.noiseEvents.count)]
    let clip = bank.noises[event.clip]
    return varied(Clip(recording: clip.recording, samples: clip.samples, sound: event.range), &random)
  }

  /// `samples` with a beginning and an end, as what makes a word out of noise has.
  private func standingOut(_ samples: [Float], _ random: inout SeededGenerator) -> Source {
    let count = samples.count
    let attack = Float(1 + random.index(below: count / 2))
    let release = Float(1 + random.index(below: count / 2))
    let shaped = samples.enumerated().map { i, sample in
      sample * min(1, Float(i + 1) / attack) * min(1, Float(count - i) / release)
    }
    return Source(samples: shaped, sound: 0..<count)
  }

  // MARK: - Where it is said

  /// What the listener would have of it: background, then the utterance as voice activity cut it.
  private struct Timeline {
    var samples: [Float]
    /// Samples of background at the start, handed on as such; 0 for a tight cut.
    var background: Int
    var utterance: Range<Int>
  }

  private func place(_ source: inout Source, _ random: inout SeededGenerator) -> Timeline {
    func samples(_ range: ClosedRange<Float>) -> Int { Int(random.uniform(in: range) * 8000) }
    let tight = random.chance(settings.tightCut)
    let background = tight ? 0 : samples(settings.background)
    let front = tight ? samples(-0.01...0.03) : samples(settings.front)
    let back = tight ? samples(-0.01...0.03) : samples(settings.back)
    let sound = source.sound.count
    let length = max(400, front + sound + back)
    let start = background + front  // where the sound begins
    var out = [Float](repeating: 0, count: background + length)
    for i in out.indices {
      let from = i - start + source.sound.lowerBound
      if from >= 0 && from < source.samples.count { out[i] = source.samples[from] }
    }
    // Of a sound of a few milliseconds a cut into it may leave nothing.
    let first = min(max(0, start), out.count)
    let heard = first..<min(out.count, first + sound)
    let level = NoiseMaker.rms(out[heard])
    if !tight && random.chance(settings.neighbour) { addNeighbour(to: &out, heard, level, &random) }
    if random.chance(settings.reverberation) { SoundEffects.reverberate(&out, &random) }
    if random.chance(settings.noise) { addNoise(to: &out, heard, level, &random) }
    if random.chance(settings.clipping) { SoundEffects.clip(&out, share: random.uniform(in: 0.15...0.7)) }
    return Timeline(samples: out, background: background, utterance: background..<out.count)
  }

  /// The end of a word before the sound, or the start of one after it.
  private func addNeighbour(
    to samples: inout [Float], _ heard: Range<Int>, _ level: Float, _ random: inout SeededGenerator
  ) {
    let clip = bank.digits[random.index(below: 10)].draw(&random)
    let word = clip.samples[clip.sound]
    let own = NoiseMaker.rms(word)
    guard own > 0 else { return }
    let gain = level / own * random.uniform(in: 0.3...1)
    let gap = 240 + random.index(below: 800)
    if random.chance(0.5) {
      for (i, sample) in zip(stride(from: heard.lowerBound - gap, to: -1, by: -1), word.reversed()) {
        samples[i] += gain * sample
      }
    } else if heard.upperBound + gap < samples.count {
      for (i, sample) in zip(heard.upperBound + gap..<samples.count, word) { samples[i] += gain * sample }
    }
  }

  private func addNoise(
    to samples: inout [Float], _ heard: Range<Int>, _ level: Float, _ random: inout SeededGenerator
  ) {
    let noise = noises.make(samples.count, &random)
    let own = max(NoiseMaker.rms(noise[heard]), 0.3 * NoiseMaker.rms(noise[...]))
    guard own > 0, level > 0 else { return }
    let decibels = random.uniform(in: settings.signalToNoise)
    let gain = level / own * SoundEffects.amplitude(decibels: -decibels)
    for i in samples.indices { samples[i] += gain * noise[i] }
  }

  // MARK: - What the network is given

  private func write(_ label: Label, to target: UnsafeMutablePointer<Float>) {
    let (hot, smoothing): (Int, Float) =
      switch label {
      case .digit(let digit): (digit, settings.labelSmoothing)
      case .other: (Self.other, settings.labelSmoothing)
      case .doubtful: (Self.other, 2 * settings.labelSmoothing)
      }
    for i in 0..<Self.classes { target[i] = smoothing / Float(Self.classes) }
    target[hot] += 1 - smoothing
  }
}
