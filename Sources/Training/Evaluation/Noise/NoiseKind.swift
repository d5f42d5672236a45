/// A kind of background noise: generated, or recordings grouped by name.
package struct NoiseKind: Sendable {
  enum Origin: Sendable {
    case white
    case pink
    case recordings([Clip])
  }

  package let name: String
  let origin: Origin
  /// Whether all its recordings are in the training split, so that the results are too optimistic.
  package let isLearnedFrom: Bool

  /// The recordings of this kind; empty for generated noise.
  package var recordings: [Recording] {
    if case .recordings(let clips) = origin { clips.map(\.recording) } else { [] }
  }

  package static let white = NoiseKind(name: "white", origin: .white, isLearnedFrom: false)
  package static let pink = NoiseKind(name: "pink", origin: .pink, isLearnedFrom: false)

  /// White, pink, and one kind for each group of noise recordings. Groups are folders; in ESC-10 they are the part of
  /// the file name before the first digit ("esc10/Rain_3-142005-A.flac" is "rain", "derived-babble/a_01.flac" is
  /// "babble").
  ///
  /// Recordings of split `train` are used only for kinds without others.
  package static func kinds(from noises: [Clip]) -> [NoiseKind] {
    let groups = Dictionary(grouping: noises) { name(of: $0.recording.path) }
    return [white, pink]
      + groups.sorted { $0.key < $1.key }.map { name, clips in
        let heldOut = clips.filter { $0.recording.split != "train" }
        return NoiseKind(
          name: name, origin: .recordings(heldOut.isEmpty ? clips : heldOut), isLearnedFrom: heldOut.isEmpty)
      }
  }

  /// The kinds for a table of all kinds: those with held-out recordings, and music, which may have training recordings
  /// only.
  package static func each(of kinds: [NoiseKind]) -> [NoiseKind] {
    kinds.filter { !$0.isLearnedFrom || $0.name == "music" }
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

  /// An excerpt is drawn again if the noise under the utterance is this much quieter than the whole excerpt.
  private static let quietest = SoundEffects.amplitude(decibels: -20)
  private static let mostDraws = 50

  /// `count` samples at an arbitrary level. For recordings, an excerpt from a random place in a random one (repeated
  /// from its beginning if too short), drawn again until the noise is audible under `sound`.
  func samples(_ count: Int, over sound: Range<Int>, _ random: inout SeededGenerator) -> [Float] {
    switch origin {
    case .white: return NoiseMaker.white(count, &random)
    case .pink: return NoiseMaker.pink(count, &random)
    case .recordings(let clips):
      var best: (samples: [Float], share: Float) = ([Float](repeating: 0, count: count), -1)
      for _ in 0..<Self.mostDraws {
        let excerpt = Self.excerpt(count, of: clips[random.index(below: clips.count)].samples, &random)
        let share = excerpt.whole > 0 ? NoiseMaker.rms(excerpt.samples[sound]) / excerpt.whole : 0
        if share > best.share { best = (excerpt.samples, share) }
        if share >= Self.quietest { break }
      }
      return best.samples
    }
  }

  private static func excerpt(
    _ count: Int, of samples: [Float], _ random: inout SeededGenerator
  ) -> (samples: [Float], whole: Float) {
    guard !samples.isEmpty else { return ([Float](repeating: 0, count: count), 0) }
    let start = samples.count > count ? random.index(below: samples.count - count + 1) : 0
    return ((0..<count).map { samples[(start + $0) % samples.count] }, NoiseMaker.rms(samples[...]))
  }
}
