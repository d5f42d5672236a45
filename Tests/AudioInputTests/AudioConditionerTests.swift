import AudioInput
import Testing

@Suite struct AudioConditionerTests {
  @Test(arguments: [8000, 16_000, 44_100, 48_000]) func `a clip and a stream give the same`(rate: Int) throws {
    // Given noise on an offset
    var random = SeededGenerator(seed: 3)
    let input = (0..<rate).map { _ in 0.3 + Float.random(in: -0.5...0.5, using: &random) }
    // When it goes through as a whole and in pieces of 10 ms
    let clip = try AudioConditioner.condition(input, sampleRate: rate)
    let conditioner = try AudioConditioner(inputRate: rate)
    var stream: [Float] = []
    input.withUnsafeBufferPointer { all in
      for start in stride(from: 0, to: all.count, by: rate / 100) {
        let piece = UnsafeBufferPointer(rebasing: all[start..<min(start + rate / 100, all.count)])
        conditioner.process(piece) { stream.append(contentsOf: $0) }
      }
    }
    conditioner.finish { stream.append(contentsOf: $0) }
    // Then both are 8000 samples, the same
    #expect(clip.count == 8000)
    #expect(stream.count == 8000)
    #expect(Signal.largestDifference(clip, stream) < 1e-6)
  }

  @Test(arguments: [8000, 16_000, 44_100, 44_099]) func `a strong offset is gone from the first sample on`(rate: Int)
    throws
  {
    let tone = Signal.sine(1000, rate: rate, count: rate, amplitude: 0.01).map { $0 + 0.7 }
    let output = try AudioConditioner.condition(tone, sampleRate: rate)
    #expect(output.allSatisfy { abs($0) < 0.02 })
    #expect(abs(Signal.decibels(output[1000..<7000]) + 43) < 0.2)
  }

  @Test func `after a reset at another rate nothing from before is left`() throws {
    let conditioner = try AudioConditioner(inputRate: 48_000)
    Signal.sine(300, rate: 48_000, count: 4801).withUnsafeBufferPointer { conditioner.process($0) { _ in } }
    try conditioner.reset(inputRate: 16_000)
    let input = Signal.sine(500, rate: 16_000, count: 1600)
    var output: [Float] = []
    input.withUnsafeBufferPointer { conditioner.process($0) { output.append(contentsOf: $0) } }
    conditioner.finish { output.append(contentsOf: $0) }
    #expect(output == (try AudioConditioner.condition(input, sampleRate: 16_000)))
  }

  @Test func `an empty clip gives nothing`() throws {
    #expect(try AudioConditioner.condition([], sampleRate: 16_000).isEmpty)
  }
}
