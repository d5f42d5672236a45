/// Cuts running speech at its pauses into pieces about as long as words, to learn what is no digit from.
enum SoundSegments {
  /// Pieces of 0.1 to 1.4 s that stand at least 12 dB over the quiet of the recording or within 30 dB of its loudest,
  /// joined across gaps under 100 ms.
  static func find(in samples: [Float]) -> [Range<Int>] {
    let frame = 80
    let count = samples.count / frame
    guard count > 3 else { return [] }
    let levels = (0..<count).map { index in
      var sum: Float = 1e-12
      for sample in samples[index * frame..<(index + 1) * frame] { sum += sample * sample }
      return sum
    }
    let sorted = levels.sorted()
    // 12 dB over the quiet, but never less than 30 dB under the loudest nor more than 10 dB under it.
    let loudest = sorted[count - 1]
    let threshold = min(max(sorted[count / 10] * 16, loudest * 1e-3), loudest * 0.1)
    var segments: [Range<Int>] = []
    for index in 0..<count where levels[index] > threshold {
      if let last = segments.last, index * frame - last.upperBound < 800 {
        segments[segments.count - 1] = last.lowerBound..<(index + 1) * frame
      } else {
        segments.append(index * frame..<(index + 1) * frame)
      }
    }
    return segments.filter { (800...11_200).contains($0.count) }
  }
}
