/// Recordings as they would be heard in noise: so many dB under the sound itself, with a second of the noise alone before.
public struct NoisyCondition: Sendable {
  /// A kind of noise: one that is made, or recordings that go by one name.
  public struct Kind: Sendable {
    public let name: String
    enum Origin: Sendable {
      case white
      case pink
      case recordings([Clip])
    }
    let origin: Origin

    /// White, pink, and one kind for each group of noise recordings: the folder and what precedes the first underscore
    /// or digit of the file's name ("esc10/Rain_3-142005-A.flac" is "rain", "derived-babble/a_01.flac" is "babble").
    public static func kinds(from noises: [Clip]) -> [Kind] {
      let groups = Dictionary(grouping: noises) { name(of: $0.recording.path) }
      return [Kind(name: "white", origin: .white), Kind(name: "pink", origin: .pink)]
        + groups.sorted { $0.key < $1.key }.map { Kind(name: $0.key, origin: .recordings($0.value)) }
    }

    static func name(of path: String) -> String {
      let parts = path.split(separator: "/")
      let folder = parts.dropLast().last.map(String.init) ?? ""
      if let dash = folder.firstIndex(of: "-"), folder.hasPrefix("derived-") {
        return String(folder[folder.index(after: dash)...])
      }
      if folder.hasSuffix("-moh") { return "music" }
      let file = parts.last.map(String.init) ?? path
      let word = file.prefix { $0 != "." && !$0.isNumber }.split(separator: "_").joined(separator: " ")
      return folder == "esc10" && !word.isEmpty ? word.lowercased() : folder
    }
  }

  public let kind: Kind
  /// dB, over the sound itself.
  public let signalToNoise: Float
  public let seed: UInt64

  public init(kind: Kind, signalToNoise: Float, seed: UInt64) {
    self.kind = kind
    self.signalToNoise = signalToNoise
    self.seed = seed
  }

  /// `clip` in this noise; the same for the same index and seed.
  public func samples(of clip: Clip, index: Int) -> [Float] {
    let lead = 8000
    var random = SeededGenerator(seed: seed, stream: UInt64(index))
    let count = lead + clip.samples.count
    let noise = self.noise(count, &random)
    let sound = lead + clip.sound.lowerBound..<lead + clip.sound.upperBound
    let level = NoiseMaker.rms(clip.samples[clip.sound])
    let own = NoiseMaker.rms(noise[sound])
    let whole = NoiseMaker.rms(noise[...])
    // A gap in the noise where the word lies would ask for an endless gain.
    let reference = max(own, 0.1 * whole)
    guard level > 0, reference > 0 else { return clip.samples }
    let gain = level / reference * SoundEffects.amplitude(decibels: -signalToNoise)
    return (0..<count).map { i in (i >= lead ? clip.samples[i - lead] : 0) + gain * noise[i] }
  }

  private func noise(_ count: Int, _ random: inout SeededGenerator) -> [Float] {
    switch kind.origin {
    case .white: return NoiseMaker.white(count, &random)
    case .pink: return NoiseMaker.pink(count, &random)
    case .recordings(let clips):
      let samples = clips[random.index(below: clips.count)].samples
      let start = random.index(below: max(1, samples.count))
      return (0..<count).map { samples.isEmpty ? 0 : samples[(start + $0) % samples.count] }
    }
  }
}
