import AudioInput
import Testing

@Suite struct HighPassFilterTests {
  private func filter(_ input: [Float]) -> [Float] {
    var filter = HighPassFilter()
    var samples = input
    samples.withUnsafeMutableBufferPointer { filter.process($0) }
    return samples
  }

  /// |H|² of a second-order Butterworth high-pass through the bilinear transform: r⁴ / (1 + r⁴), with r the ratio of the
  /// tangents of half the angles.
  @Test(arguments: [(20.0, -24.09), (40, -12.32), (80, -3.01), (160, -0.262), (1000, -0.0001)])
  func `the response is Butterworth's`(frequency: Double, decibels: Double) {
    let output = filter(Signal.sine(frequency, rate: 8000, count: 32_000))
    #expect(
      abs(
        Signal.decibels(output[16_000...]) - Signal.decibels(Signal.sine(frequency, rate: 8000, count: 16_000))
          - decibels) < 0.05)
  }

  @Test func `an offset makes no click`() {
    #expect(filter([Float](repeating: 0.8, count: 8000)).allSatisfy { abs($0) < 1e-6 })
  }

  @Test func `silence after sound ends in zeros, not denormals`() {
    let output = filter(Signal.sine(500, rate: 8000, count: 800) + [Float](repeating: 0, count: 40_000))
    #expect(output.allSatisfy { !$0.isSubnormal })
    #expect(output.suffix(1000).allSatisfy { $0 == 0 })
  }

  @Test func `a sample that is not a number is forgotten`() {
    var filter = HighPassFilter()
    var poison: [Float] = [0.1, .nan, .infinity]
    poison.withUnsafeMutableBufferPointer { filter.process($0) }
    var samples = Signal.sine(1000, rate: 8000, count: 8000)
    samples.withUnsafeMutableBufferPointer { filter.process($0) }
    #expect(abs(Signal.decibels(samples) + 3.01) < 0.1)
  }
}
