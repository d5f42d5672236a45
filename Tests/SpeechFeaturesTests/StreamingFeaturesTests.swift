import MelScale
import SpeechFeatures
import Testing

@Suite struct StreamingFeaturesTests {
  private func frames(_ samples: [Float], pieces: [Int], _ features: StreamingFeatures) -> [[Float]] {
    var frames: [[Float]] = []
    var (start, index) = (0, 0)
    while start < samples.count {
      let end = min(samples.count, start + pieces[index % pieces.count])
      samples[start..<end].withUnsafeBufferPointer { piece in
        features.process(piece) { frames.append(Array(UnsafeBufferPointer(start: $0, count: features.frameCount))) }
      }
      (start, index) = (end, index + 1)
    }
    return frames
  }

  private static let sound =
    TestSound.noise(3000, amplitude: 0.001) + TestSound.chirp + TestSound.noise(3000, amplitude: 0.01)

  @Test(arguments: [[1], [64], [63, 65, 1], [5000, 3]] as [[Int]])
  func `pieces give the same frames as the whole, bit by bit`(pieces: [Int]) throws {
    let features = try StreamingFeatures()
    let whole = frames(Self.sound, pieces: [Self.sound.count], features)
    let spectrum = features.parameters.spectrum
    #expect(whole.count == (Self.sound.count - spectrum.window) / spectrum.hop + 1)
    let isSame = frames(Self.sound, pieces: pieces, try StreamingFeatures()) == whole
    #expect(isSame)
  }

  @Test func `after a reset it begins anew`() throws {
    let features = try StreamingFeatures()
    let first = frames(Self.sound, pieces: [777], features)
    features.reset()
    let isSame = frames(Self.sound, pieces: [777], features) == first
    #expect(isSame)
  }

  @Test func `once the peak is known the features do not depend on the loudness`() throws {
    // Given the same sound at two loudnesses, far over the floor of both channels
    let sound = TestSound.noise(8000, amplitude: 0.2)
    let loud = frames(sound, pieces: [800], try StreamingFeatures())
    let soft = frames(sound.map { $0 / 4 }, pieces: [800], try StreamingFeatures())
    let largest = zip(loud.joined(), soft.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(largest < 0.05)
  }

  @Test func `a steady tone is over its own mean no more`() throws {
    let features = try StreamingFeatures()
    let all = frames(TestSound.tone(1000, seconds: 4), pieces: [800], features)
    let last = try #require(all.last)
    let band = (0..<features.parameters.spectrum.bands).max { last[2 * $0] < last[2 * $1] } ?? 0
    // Once its power is its mean, it is 3 dB over nothing: 0.45.
    #expect(abs(last[2 * band + 1] - 0.45) < 0.02 && last[2 * band] > 1.9)
  }
}

@Suite struct SpectrogramPictureTests {
  @Test func `a tone is one bright line at its place`() throws {
    let sound = [Float](repeating: 0, count: 8000) + TestSound.tone(1000, seconds: 1)
    let picture = try SpectrogramPicture(sound, columns: 100)
    #expect(picture.columns == 100 && picture.levels.count == picture.bands * 100)
    func level(_ band: Int, _ column: Int) -> Float { picture.levels[band * picture.columns + column] }
    let loudest = (0..<picture.bands).max { level($0, 75) < level($1, 75) } ?? 0
    let spectrum = StreamingFeatureParameters.standard.spectrum
    let (low, high) = (
      MelScale.mel(spectrum.lowestFrequency), MelScale.mel(spectrum.highestFrequency)
    )
    let place = (MelScale.mel(1000) - low) / (high - low) * Double(spectrum.bands + 1) - 1
    #expect(abs(Double(loudest) - place) <= 1)
    #expect(level(loudest, 75) > level(loudest, 20) + 60)
    #expect(picture.range.upperBound - picture.range.lowerBound == 60)
  }

  @Test func `no sound is a picture all the same`() throws {
    let picture = try SpectrogramPicture([], columns: 50)
    #expect(picture.columns == 1 && picture.levels.allSatisfy { $0 == -100 })
  }
}
