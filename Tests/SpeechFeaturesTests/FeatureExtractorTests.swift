import SpeechFeatures
import Testing

@Suite struct FeatureExtractorTests {
  let floor: Float = -1.2  // (0 - mean) / deviation

  @Test func aShortUtteranceStandsInTheMiddleOfSilence() throws {
    let image = try FeatureExtractor().spectrogram(of: TestSound.tone(1000, seconds: 0.256))
    let band = (0..<128).max { image[$0 * 128 + 64] < image[$1 * 128 + 64] } ?? 0
    let row = Array(image[band * 128..<(band + 1) * 128])
    // 2048 samples in the middle of 8192: frames 48 to 80, and what a window of 256 reaches beyond.
    #expect(row[..<45].allSatisfy { $0 == floor })
    #expect(row[83...].allSatisfy { $0 == floor })
    #expect(row[50..<79].allSatisfy { $0 > 2.7 })
  }

  @Test func aLongOneIsCutToItsLoudestPart() throws {
    // Given 3 s with a quiet tone of 500 Hz at first and a loud one of 2000 Hz in the last second
    let quiet = TestSound.tone(500, seconds: 1.9, amplitude: 0.1)
    let loud = TestSound.tone(2000, seconds: 1.1, amplitude: 0.5)
    let extractor = try FeatureExtractor()
    // Then it looks like the loud part alone
    let whole = extractor.spectrogram(of: quiet + loud)
    let part = extractor.spectrogram(of: Array(loud[..<8192]))
    let mean = zip(whole, part).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(whole.count)
    #expect(mean < 0.05)
  }

  @Test func theLoudestPartIsFoundWhereverItLies() {
    for start in [0, 64, 6400, 15_808] {
      var sound = [Float](repeating: 0.01, count: 24_000)
      for i in start..<start + 8192 { sound[i] = 0.5 }
      #expect(sound.withUnsafeBufferPointer { FeatureExtractor.loudest(8192, of: $0, by: 64) } == start..<start + 8192)
    }
    let short = [Float](repeating: 0.1, count: 100)
    #expect(short.withUnsafeBufferPointer { FeatureExtractor.loudest(8192, of: $0, by: 64) } == 0..<100)
  }

  @Test func gainDoesNotMatter() throws {
    let extractor = try FeatureExtractor()
    let loud = extractor.spectrogram(of: TestSound.chirp)
    let quiet = extractor.spectrogram(of: TestSound.chirp.map { $0 / 64 })
    for (a, b) in zip(loud, quiet) { #expect(abs(a - b) < 1e-4) }
  }

  @Test func silenceAndNothingAreFlooredNotInfinite() throws {
    let extractor = try FeatureExtractor()
    for sound in [[], [Float](repeating: 0, count: 4000), [0.5]] {
      #expect(extractor.spectrogram(of: sound).allSatisfy { $0.isFinite })
    }
    #expect(extractor.spectrogram(of: [Float](repeating: 0, count: 4000)).allSatisfy { $0 == floor })
  }

  @Test func noiseReductionNeedsABackgroundAndThenLowersTheNoise() throws {
    let extractor = try FeatureExtractor()
    let noise = TestSound.noise(12_000, amplitude: 0.02)
    let spoken = zip(TestSound.chirp, noise[8000...]).map { $0 + $1 }
    let alone = extractor.spectrogram(of: spoken)
    #expect(extractor.spectrogram(of: spoken, background: Array(noise[..<700])) == alone)
    let cleaned = extractor.spectrogram(of: spoken, background: Array(noise[..<8000]))
    func mean(_ image: [Float]) -> Float { image.reduce(0, +) / Float(image.count) }
    #expect(mean(cleaned) < mean(alone) - 0.01)
  }

  @Test func theSameSoundGivesTheSameBits() throws {
    let first = try FeatureExtractor().spectrogram(
      of: TestSound.chirp, background: TestSound.noise(4000, amplitude: 0.01))
    let extractor = try FeatureExtractor()
    _ = extractor.spectrogram(of: TestSound.tone(300, seconds: 2), background: TestSound.noise(8000, amplitude: 0.3))
    let second = extractor.spectrogram(of: TestSound.chirp, background: TestSound.noise(4000, amplitude: 0.01))
    #expect(first == second)
  }

  @Test func parametersNameTheirFirstMismatch() {
    var other = FeatureParameters.standard.dictionary
    #expect(FeatureParameters.standard.mismatch(with: other) == nil)
    other["hop"] = 80
    #expect(FeatureParameters.standard.mismatch(with: other) == "hop")
    other = FeatureParameters.standard.dictionary
    other["colour"] = 1
    #expect(FeatureParameters.standard.mismatch(with: other) == "colour")
  }
}
