import AudioInput
import Testing

/// Every rate that microphones and files usually have, and one odd one that libsoxr takes.
private let rates = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 192_000, 44_099]

@Suite struct ResamplerTests {
  @Test(arguments: rates) func `a tone comes out at its place`(rate: Int) throws {
    let engine = try #require(Resampler.engine(inputRate: rate))
    for frequency in [300.0, 1000, 3400] where frequency < Double(rate) * 0.4 {
      let output = engine.resample(Signal.sine(frequency, rate: rate, count: rate), chunk: rate / 100)
      let expected = Signal.sine(frequency, rate: 8000, count: 8000)
      // Aligned to a fraction of a sample: at 3.4 kHz a hundredth of one would make 0.027.
      #expect(Signal.largestDifference(output[200..<7800], expected[200..<7800]) < 0.002)
    }
  }

  @Test(arguments: rates.filter { $0 > 9000 }) func `frequencies that would alias are removed`(rate: Int) throws {
    let engine = try #require(Resampler.engine(inputRate: rate))
    for frequency in stride(from: 4400.0, to: Double(rate) / 2, by: max(150, Double(rate) / 200)) {
      let output = engine.resample(Signal.sine(frequency, rate: rate, count: rate / 2), chunk: 1000)
      #expect(Signal.decibels(output[400..<3600]) + 3 < -75, "\(frequency) Hz")
    }
  }

  @Test(arguments: [11_025, 16_000, 22_050, 32_000, 44_100, 48_000]) func `little is held back`(rate: Int) throws {
    // Given chunks of 10 ms, as from a microphone
    let engine = try #require(Resampler.engine(inputRate: rate))
    let chunk = [Float](repeating: 0, count: rate / 100)
    var given = 0
    var got = 0
    var most = 0.0
    for _ in 0..<200 {
      given += chunk.count
      chunk.withUnsafeBufferPointer { engine.process($0) { got += $0.count } }
      most = max(most, Double(given) / Double(rate) - Double(got) / 8000)
    }
    // Then what is held back never reaches 3.5 ms
    #expect(most < 0.0035)
  }

  @Test(arguments: rates) func `pieces of any size give the same`(rate: Int) throws {
    var random = SeededGenerator(seed: 7)
    let input = (0..<(rate / 4 + 17)).map { _ in Float.random(in: -1...1, using: &random) }
    let engine = try #require(Resampler.engine(inputRate: rate))
    let whole = engine.resample(input, chunk: input.count)
    for chunk in [1, 7, 160, 1023, 5000] {
      let pieces = engine.resample(input, chunk: chunk)
      #expect(pieces.count == whole.count)
      #expect(Signal.largestDifference(pieces, whole) < 1e-6)
    }
  }

  @Test(arguments: rates.filter { $0 != 44_099 }, [1, 2, 479, 480, 481, 4801])
  func `as much comes out as went in`(rate: Int, count: Int) throws {
    let engine = try #require(Resampler.engine(inputRate: rate))
    let output = engine.resample([Float](repeating: 0.5, count: count), chunk: 100)
    #expect(output.count == (count * 8000 + rate - 1) / rate)
  }

  @Test(arguments: rates) func `an offset makes no step`(rate: Int) throws {
    let engine = try #require(Resampler.engine(inputRate: rate))
    let output = engine.resample([Float](repeating: 0.25, count: rate / 10), chunk: 256)
    #expect(output.allSatisfy { abs($0 - 0.25) < 1e-5 })
  }

  @Test func `8 kHz is copied`() throws {
    var random = SeededGenerator(seed: 1)
    let input = (0..<5000).map { _ in Float.random(in: -1...1, using: &random) }
    let engine = try #require(Resampler.engine(inputRate: 8000))
    #expect(engine.resample(input, chunk: 3000) == input)
  }

  @Test func `rates out of range are refused`() {
    #expect(Resampler.engine(inputRate: 999) == nil)
    #expect(Resampler.engine(inputRate: 768_001) == nil)
    #expect(Resampler.engine(inputRate: 0) == nil)
    #expect(Resampler.engine(inputRate: -8000) == nil)
    #expect(throws: AudioInputError.self) { try AudioConditioner(inputRate: 0) }
  }

  @Test func `low rates are raised`() throws {
    let engine = try #require(Resampler.engine(inputRate: 4000))
    let output = engine.resample(Signal.sine(700, rate: 4000, count: 4000), chunk: 40)
    #expect(Signal.largestDifference(output[400..<7600], Signal.sine(700, rate: 8000, count: 8000)[400..<7600]) < 0.002)
  }
}
