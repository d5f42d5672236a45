/// The latest conditioned sound (8 kHz) with its place on the stream's clock, so that utterances can be cut out of it.
/// Memory is taken once.
package struct RecentSound {
  private static let perMillisecond = 8
  private var ring: [Float]
  /// The number of all samples ever appended.
  private var count = 0
  /// The first sample after the last loss, and its time in ms.
  private var origin = (sample: 0, milliseconds: 0.0)

  package init(seconds: Int) {
    ring = [Float](repeating: 0, count: max(1, seconds * 1000 * Self.perMillisecond))
  }

  package mutating func append(_ samples: UnsafeBufferPointer<Float>) {
    for sample in samples {
      ring[count % ring.count] = sample
      count += 1
    }
  }

  /// Sound of this length is missing here.
  package mutating func skip(milliseconds: Double) {
    let reached = origin.milliseconds + Double(count - origin.sample) / Double(Self.perMillisecond)
    origin = (count, reached + milliseconds)
  }

  /// The sound between two times, in ms on the stream's clock, as far as it is still kept and lies after the last loss.
  package func cut(fromMs start: Int, toMs end: Int) -> [Float] {
    func sample(_ milliseconds: Int) -> Int {
      origin.sample + Int((Double(milliseconds) - origin.milliseconds) * Double(Self.perMillisecond))
    }
    let first = max(sample(start), origin.sample, count - ring.count)
    let last = min(sample(end), count)
    guard first < last else { return [] }
    return (first..<last).map { ring[$0 % ring.count] }
  }
}
