import SpeechFeatures
import Testing

@Suite struct NoiseReductionTests {
  let parameters = FeatureParameters.standard

  @Test func aShortBackgroundGivesNoProfile() throws {
    let profile = NoiseProfile(parameters)
    let stft = try #require(PowerSpectrogram(parameters))
    let noise = TestSound.noise(profile.shortest - 1, amplitude: 0.1)
    #expect(noise.withUnsafeBufferPointer { !profile.learn($0, with: stft) })
    #expect(TestSound.noise(profile.shortest, amplitude: 0.1).withUnsafeBufferPointer { profile.learn($0, with: stft) })
  }

  @Test func theProfileOfWhiteNoiseIsItsPower() throws {
    // The Hann window's energy is 3/8 of its length: white noise of variance v has mean power 96 v in every bin.
    let profile = NoiseProfile(parameters)
    let stft = try #require(PowerSpectrogram(parameters))
    let noise = TestSound.noise(8000, amplitude: 0.1)
    #expect(noise.withUnsafeBufferPointer { profile.learn($0, with: stft) })
    let inner = profile.power[5..<250]
    let mean = inner.reduce(0, +) / Float(inner.count)
    #expect(abs(mean - 0.96) < 0.15)
  }

  @Test func aClickInTheBackgroundDoesNotMoveTheProfile() throws {
    let stft = try #require(PowerSpectrogram(parameters))
    func mean(_ sound: [Float]) -> Float {
      let profile = NoiseProfile(parameters)
      _ = sound.withUnsafeBufferPointer { profile.learn($0, with: stft) }
      return profile.power.reduce(0, +)
    }
    let noise = TestSound.noise(8000, amplitude: 0.01)
    var clicked = noise
    for i in 4000..<4040 { clicked[i] = 0.9 }
    #expect(mean(clicked) < 1.2 * mean(noise))
  }

  @Test func noiseFallsAndAToneStays() throws {
    let stft = try #require(PowerSpectrogram(parameters))
    let profile = NoiseProfile(parameters)
    let background = TestSound.noise(8000, amplitude: 0.02, seed: 2)
    #expect(background.withUnsafeBufferPointer { profile.learn($0, with: stft) })
    let sound = zip(TestSound.tone(1000, seconds: 1), TestSound.noise(8000, amplitude: 0.02, seed: 3)).map { $0 + $1 }
    var spectra = [Float](repeating: 0, count: 100 * parameters.bins)
    var reduction = NoiseReduction(parameters)
    sound.withUnsafeBufferPointer { sound in
      spectra.withUnsafeMutableBufferPointer { spectra in
        guard let base = spectra.baseAddress else { return }
        stft.compute(sound, first: 512, step: 64, count: 100, into: base)
      }
    }
    let before = spectra
    spectra.withUnsafeMutableBufferPointer { spectra in
      profile.power.withUnsafeBufferPointer { noise in
        guard let base = spectra.baseAddress, let noise = noise.baseAddress else { return }
        reduction.apply(base, count: 100, noise: noise)
      }
    }
    func decibels(_ bins: Range<Int>) -> Double {
      var (kept, all) = (0.0, 0.0)
      for frame in 0..<100 {
        for bin in bins {
          kept += Double(spectra[frame * parameters.bins + bin])
          all += Double(before[frame * parameters.bins + bin])
        }
      }
      return TestMath.decibels(kept / all)
    }
    #expect(decibels(62..<67) > -0.1, "the tone")
    // Where there is noise only, a Wiener gain is about a half, and more where the noise happens to be loud.
    #expect((-3.1 ... -2).contains(decibels(120..<250)), "noise far from it")
    // Bounded: nothing loses more than the depth, whatever the profile.
    for (after, before) in zip(spectra, before) where before > 0 {
      #expect(TestMath.decibels(Double(after / before)) > -parameters.noiseReductionDepth - 0.01)
    }
  }

  @Test(arguments: [(3.0, 0.0), (10, 0), (17.5, 5), (25, 10), (60, 10)])
  func theLouderTheNoiseTheLessIsTakenAway(clearance: Double, allowed: Float) {
    let noise = [Float](repeating: 1, count: parameters.bins)
    // Nine quiet frames, one loud.
    let power = Float(TestMath.power(decibels: clearance))
    let quiet = [Float](repeating: 0.5, count: 9 * parameters.bins)
    let spectra = quiet + [Float](repeating: power, count: parameters.bins)
    #expect(abs(NoiseReduction(parameters).allowance(spectra, count: 10, noise: noise) - allowed) < 1e-3)
  }

  @Test func whatHardlyStandsAboveTheNoiseStaysAsItIs() {
    let noise = [Float](repeating: 1, count: parameters.bins)
    var seed: UInt64 = 3
    let before = (0..<40 * parameters.bins).map { _ -> Float in
      seed = seed &* 6_364_136_223_846_793_005 &+ 1
      return Float(seed >> 40) / Float(1 << 23)
    }
    var spectra = before
    var reduction = NoiseReduction(parameters)
    reduction.apply(&spectra, count: 40, noise: noise)
    #expect(spectra == before)
  }

  @Test func noNoiseTakesNothingAndNoDepthTakesNothing() {
    var without = parameters
    without.noiseReductionDepth = 0
    let spectra = (0..<10 * parameters.bins).map { Float($0 % 97) }
    for (parameters, noise) in [(parameters, Float(0)), (without, 1e-3)] {
      var after = spectra
      var reduction = NoiseReduction(parameters)
      reduction.apply(&after, count: 10, noise: [Float](repeating: noise, count: parameters.bins))
      #expect(after == spectra)
    }
  }

  @Test func columnsAreSorted() {
    var seed: UInt64 = 7
    for count in 0...130 {
      var columns = (0..<count).map { _ in
        SIMD8<Float>(
          (0..<8).map { lane in
            seed = seed &* 6_364_136_223_846_793_005 &+ 1
            return Float(seed >> (lane < 4 ? 60 : 40))  // many equal values in half of them
          })
      }
      let before = columns
      NoiseProfile.sort(&columns, count)
      for lane in 0..<8 { #expect(columns.map { $0[lane] } == before.map { $0[lane] }.sorted()) }
    }
  }
}
