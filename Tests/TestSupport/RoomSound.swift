#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Six seconds of a room, as a microphone gives it and as the front end does.
package struct RoomSound {
  package static let rate = 16_000

  package let raw: [Float]

  package init(_ raw: [Float]) { self.raw = raw }

  /// Noise, and what is added to it.
  package init(noise: Double = 0.001, seed: UInt64 = 1, _ more: (Double) -> Double = { _ in 0 }) {
    var generator = SeededGenerator(seed: seed)
    raw = (0..<6 * Self.rate).map { index in
      let time = Double(index) / Double(Self.rate)
      return Float(min(1, max(-1, Double.random(in: -1...1, using: &generator) * noise + more(time))))
    }
  }

  /// Half as many samples a second and no DC: enough of a front end for the levels.
  package var conditioned: [Float] {
    let mean = raw.reduce(0, +) / Float(raw.count)
    return stride(from: 0, to: raw.count - 1, by: 2).map { (raw[$0] + raw[$0 + 1]) / 2 - mean }
  }

  /// A second of a loud tone of 300 Hz, in place of a voice.
  package static func voice(_ amplitude: Double) -> (Double) -> Double {
    { time in (4..<5).contains(time) ? amplitude * sin(2 * Double.pi * 300 * time) : 0 }
  }
}
