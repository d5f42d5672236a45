/// Sound made to order: a faint hiss, and bursts in it that stand for words.
package struct Room: Sendable {
  package private(set) var samples: [Float] = []
  package let rate: Int
  private var random: SeededGenerator

  package init(rate: Int = 8000, seed: UInt64 = 11) {
    self.rate = rate
    random = SeededGenerator(seed: seed)
  }

  /// The place of the end, in ms.
  package var milliseconds: Int { samples.count * 1000 / rate }

  /// Faint noise, about −91 dBFS: `SevenModel` takes what is 20 dB louder for a word as long as nothing louder was heard.
  package mutating func quiet(_ milliseconds: Int) {
    for _ in 0..<milliseconds * rate / 1000 { samples.append(Float.random(in: -0.00005...0.00005, using: &random)) }
  }

  /// A square wave at 500 Hz in that room.
  package mutating func word(_ milliseconds: Int, amplitude: Float = 0.2) {
    for index in 0..<milliseconds * rate / 1000 {
      let isUp = index * 1000 / rate % 2 == 0
      samples.append((isUp ? amplitude : -amplitude) + Float.random(in: -0.00005...0.00005, using: &random))
    }
  }

  package mutating func zeros(_ milliseconds: Int) {
    samples += [Float](repeating: 0, count: milliseconds * rate / 1000)
  }

  /// White noise.
  package mutating func noise(_ milliseconds: Int, amplitude: Float = 0.3) {
    for _ in 0..<milliseconds * rate / 1000 {
      samples.append(Float.random(in: -amplitude...amplitude, using: &random))
    }
  }

  package mutating func append(_ sound: [Float]) { samples += sound }
}
