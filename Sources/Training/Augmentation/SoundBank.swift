import Files

/// The recordings that background noise is made of.
package struct SoundBank: Sendable {
  /// By digit.
  let digits: [Weighted<Clip>]
  let speech: [Clip]
  let noises: [Clip]
  /// Identifies the contents of the bank; changes when a recording does.
  package let fingerprint: String

  /// - Throws: if a digit has no recording at all.
  package init(_ clips: [Clip]) throws(DataError) {
    var byDigit = [[Clip]](repeating: [], count: 10)
    var speech: [Clip] = []
    var noises: [Clip] = []
    var perVoice: [String: Int] = [:]
    for clip in clips where clip.sound.count > 0 {
      switch clip.recording.label {
      case .digit(let digit):
        byDigit[digit].append(clip)
        perVoice[Self.voice(of: clip), default: 0] += 1
      case .speech: speech.append(clip)
      case .noise: noises.append(clip)
      case .sequence: break
      }
    }
    if let missing = byDigit.firstIndex(where: \.isEmpty) {
      throw DataError(.noRecordings, "nothing to learn the digit \(missing) from: no recording has that label")
    }
    digits = byDigit.map { Self.balanced($0, perVoice) }
    var paths = Fingerprint()
    for clip in clips { paths.add(Array("\(clip.recording.path)\(clip.samples.count)".utf8)) }
    fingerprint = "\(clips.count) recordings, \(paths)"
    self.speech = speech
    self.noises = noises
  }

  /// The kind of speaker, according to the source's name.
  private enum Origin: CaseIterable {
    case person
    /// A person's recording converted to another voice.
    case converted
    case synthetic

    init(of clip: Clip) {
      let source = clip.recording.source
      self =
        source == "tts" || source.hasPrefix("synthetic")
        ? .synthetic : source.hasPrefix("converted") ? .converted : .person
    }

    /// The share of drawn digits that have this origin, however many recordings there are. Absent origins are left out.
    var share: Float {
      switch self {
      case .person: 0.5
      case .converted: 0.25
      case .synthetic: 0.25
      }
    }
  }

  private static func voice(of clip: Clip) -> String { clip.recording.source + "/" + clip.recording.speaker }

  /// A voice with n recordings has weight √n, so that neither one voice with 500 nor many voices with 10 dominate.
  private static func balanced(_ clips: [Clip], _ perVoice: [String: Int]) -> Weighted<Clip> {
    func weight(_ clip: Clip) -> Float { 1 / Float(perVoice[voice(of: clip)] ?? 1).squareRoot() }
    var sums: [Origin: Float] = [:]
    for clip in clips { sums[Origin(of: clip), default: 0] += weight(clip) }
    return Weighted(
      clips,
      weights: clips.map { clip in
        let origin = Origin(of: clip)
        return weight(clip) * origin.share / (sums[origin] ?? 1)
      })
  }
}
