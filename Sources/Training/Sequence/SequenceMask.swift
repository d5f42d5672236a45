/// Masks a few bands and periods of an example (D. Park and others, "SpecAugment", 2019).
struct SequenceMask {
  let frames: Int
  let bands: Int

  /// Changes `input` in place: [frames][bands][2].
  func apply(to input: UnsafeMutablePointer<Float>, _ random: inout SeededGenerator) {
    for _ in 0..<2 {
      let width = random.index(below: 9)
      let first = random.index(below: bands - width)
      for frame in 0..<frames {
        (input + 2 * (frame * bands + first)).update(repeating: 0, count: 2 * width)
      }
    }
    for _ in 0..<2 {
      let width = random.index(below: 8)
      let first = random.index(below: frames - width)
      (input + 2 * first * bands).update(repeating: 0, count: 2 * width * bands)
    }
  }
}
