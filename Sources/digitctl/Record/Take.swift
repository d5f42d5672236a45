import Wording

/// The measurements of one spoken word, whichever digit was asked for.
package struct Take: Sendable, Equatable {
  /// The loudest sample, dBFS, as it came from the microphone.
  package var peakDBFS: Double
  /// The level of the word and of the sound before it, dBFS.
  package var levelDBFS: Double
  package var noiseDBFS: Double
  /// Samples at full scale.
  package var clippedSamples: Int
  /// How long the sound is, in seconds.
  package var seconds: Double
  /// Whether the word lies at the very beginning or end of the recording.
  package var isCut: Bool
  /// The model's guess; nil if it takes the word for no digit at all.
  package var guess: Int?
  package var confidence: Double

  package init(
    peakDBFS: Double, levelDBFS: Double, noiseDBFS: Double, clippedSamples: Int, seconds: Double, isCut: Bool,
    guess: Int?, confidence: Double
  ) {
    self.peakDBFS = peakDBFS
    self.levelDBFS = levelDBFS
    self.noiseDBFS = noiseDBFS
    self.clippedSamples = clippedSamples
    self.seconds = seconds
    self.isCut = isCut
    self.guess = guess
    self.confidence = confidence
  }

  /// Why a take is not kept.
  package enum Problem: Sendable, Equatable {
    /// Nothing was said for a while.
    case silent
    case tooQuiet(levelDBFS: Double)
    /// The sound is only this many dB above the noise.
    case inNoise(decibels: Double)
    case clipped
    case cut
    case tooLong(seconds: Double)
    /// It sounds like another digit. When repeated it is kept: the model may be wrong, and should learn it.
    case soundsLike(Int)
    /// It sounds like no digit. The same holds when it is repeated.
    case notRecognised
  }

  /// Softer than this, a microphone's own noise is part of the voice.
  package static let quietest = -42.0
  /// With a smaller distance the model would learn the noise as well.
  package static let leastOverNoise = 12.0
  /// More samples at full scale are not accidental.
  package static let mostClipped = 3
  /// In every language: of English digits, which have a syllable or two, 99.8 of 100 take under 0.91 s (FSDD); other
  /// languages' have up to four, so twice that.
  package static let longest = 1.8

  /// - Parameter digit: the digit that was asked for.
  /// - Returns: the most obvious fault, nil for none.
  package func problem(asking digit: Int) -> Problem? {
    if clippedSamples > Self.mostClipped { return .clipped }
    if levelDBFS < Self.quietest { return .tooQuiet(levelDBFS: levelDBFS) }
    if levelDBFS - noiseDBFS < Self.leastOverNoise { return .inNoise(decibels: levelDBFS - noiseDBFS) }
    if isCut { return .cut }
    if seconds > Self.longest { return .tooLong(seconds: seconds) }
    guard let guess else { return .notRecognised }
    return guess == digit ? nil : .soundsLike(guess)
  }
}

extension Take.Problem {
  /// Whether the take may be good, and the model wrong.
  var isDoubt: Bool {
    switch self {
    case .soundsLike, .notRecognised: true
    case .silent, .tooQuiet, .inNoise, .clipped, .cut, .tooLong: false
    }
  }

  /// What is said of a take that was kept in spite of it.
  func remark(words: [String]) -> String {
    if case .soundsLike(let digit) = self { "sounds like \(words[digit])" } else { "not recognised as a digit" }
  }

  /// The fault, and how to avoid it.
  /// - Parameter words: the word for each digit.
  package func sentence(words: [String]) -> String {
    switch self {
    case .silent: "no word was heard: is the microphone on?"
    case .tooQuiet(let level): "too quiet (\(decimal(level, 0)) dBFS): come nearer, or turn the microphone up"
    case .inNoise(let decibels):
      "too much noise (the voice is \(decimal(decibels, 0)) dB above it): come nearer, or make it quieter"
    case .clipped: "too loud and clipped: turn the microphone down, or go further away"
    case .cut: "the beginning or the end is missing: wait for the word, and say it alone"
    case .tooLong(let seconds): "\(decimal(seconds, 1)) s long: one word at a time"
    case .soundsLike(let digit): "that sounded like \(words[digit]): say it again"
    case .notRecognised: "not recognised as a digit: say it again"
    }
  }
}
