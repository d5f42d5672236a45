/// The sounds that training draws from.
public struct SoundBank: Sendable {
  /// Clips with the chance of each to be drawn.
  struct Draw: Sendable {
    let clips: [Clip]
    /// `cumulative[i]` is the sum of the weights of clips 0…i.
    let cumulative: [Float]

    /// - Parameter weight: what a clip counts; those of weight 0 are never drawn.
    init(_ clips: [Clip], weight: (Clip) -> Float) {
      self.clips = clips
      var sum: Float = 0
      cumulative = clips.map { clip in
        sum += weight(clip)
        return sum
      }
    }

    func draw(_ random: inout SeededGenerator) -> Clip {
      let at = random.unit() * (cumulative.last ?? 0)
      var low = 0
      var high = clips.count - 1
      while low < high {
        let middle = (low + high) / 2
        if cumulative[middle] > at { high = middle } else { low = middle + 1 }
      }
      return clips[low]
    }
  }

  /// A stretch of a speech clip as long as a word or a few.
  struct Word: Sendable {
    let clip: Int
    let range: Range<Int>
  }

  /// By digit.
  let digits: [Draw]
  let speech: [Clip]
  let words: [Word]
  let noises: [Clip]

  /// Names what is in the bank: changes when a recording does.
  public let fingerprint: String

  /// - Throws: if a digit has no recording at all.
  public init(_ clips: [Clip]) throws(DataError) {
    var byDigit = [[Clip]](repeating: [], count: 10)
    var speech: [Clip] = []
    var noises: [Clip] = []
    var perSpeaker: [String: Int] = [:]
    for clip in clips where clip.sound.count > 0 {
      switch clip.recording.label {
      case .digit(let digit):
        byDigit[digit].append(clip)
        perSpeaker[clip.recording.speaker, default: 0] += 1
      case .speech: speech.append(clip)
      case .noise: noises.append(clip)
      case .sequence: break
      }
    }
    if let missing = byDigit.firstIndex(where: \.isEmpty) {
      throw DataError(.noRecordings, "nothing to learn the digit \(missing) from: no recording has that label")
    }
    digits = byDigit.map { Self.balanced($0, perSpeaker) }
    // FNV-1a over paths and lengths, in order.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for clip in clips {
      for byte in Array(clip.recording.path.utf8) + Array("\(clip.samples.count)".utf8) {
        hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
      }
    }
    fingerprint = "\(clips.count) recordings, \(String(hash, radix: 16))"
    self.speech = speech
    self.noises = noises
    words = speech.enumerated().flatMap { index, clip in
      SoundSegments.find(in: clip.samples).map { Word(clip: index, range: $0) }
    }
  }

  /// Of the digits drawn, the share that synthetic voices say, however many of them there are.
  private static let syntheticShare: Float = 0.3

  /// A speaker with n recordings counts √n, so that neither the one with 500 nor the many with 10 rule; synthetic voices
  /// have a share of their own.
  private static func balanced(_ clips: [Clip], _ perSpeaker: [String: Int]) -> Draw {
    func isSynthetic(_ clip: Clip) -> Bool {
      clip.recording.source == "tts" || clip.recording.source.hasPrefix("synthetic")
    }
    func weight(_ clip: Clip) -> Float { 1 / Float(perSpeaker[clip.recording.speaker] ?? 1).squareRoot() }
    let real = clips.filter { !isSynthetic($0) }.reduce(0) { $0 + weight($1) }
    let synthetic = clips.filter(isSynthetic).reduce(0) { $0 + weight($1) }
    return Draw(clips) { clip in
      if real == 0 || synthetic == 0 { return weight(clip) }
      return isSynthetic(clip) ? weight(clip) / synthetic * syntheticShare : weight(clip) / real * (1 - syntheticShare)
    }
  }
}
