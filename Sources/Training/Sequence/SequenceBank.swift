import VoiceActivity

/// The recordings from which running speech is composed.
package struct SequenceBank: Sendable {
  /// A recording and the position of its word, found by loudness.
  package struct Word: Sendable {
    let clip: Int
    /// The samples of the word: see `WordCut`.
    let sound: Range<Int>
    /// The loud part of the word.
    let loudPart: Range<Int>
    /// Whether the word could be cut out. Where noise is as loud as speech it cannot.
    let isClear: Bool
  }

  let clips: [Clip]
  /// Digit recordings by label, weighted by speaker.
  let digits: [Weighted<Word>]
  /// Alternative words for a digit, by label. Alone they are other speech, among digits they are a digit ("oh").
  let alike: [Int: [Word]]
  /// The words of each label, by person.
  let byPerson: [String: [[Word]]]
  /// Recordings of one or two non-digit words.
  let words: Weighted<Word>
  /// Recordings of people talking for 2 s or more.
  let talk: Weighted<Word>
  /// Recordings of several digits with their transcription.
  let strings: Weighted<Word>
  let noises: NoiseMaker
  package let fingerprint: String

  /// Longer recordings of other speech, in samples (2 s), count as talk.
  private static let longestWord = 2 * VoiceFrame.sampleRate

  /// - Parameters:
  ///   - all: all recordings. A digit in another language, where the manifest names one, counts as other speech.
  ///   - others: recordings that all count as other speech.
  ///   - language: the language of the digits to learn.
  ///   - alike: maps the text of a recording of other speech to the label that it has among digits.
  ///   - ownWords: the share of that language among the drawn other words; nil for the share that results.
  /// - Throws: if a digit has no recording at all.
  package init(
    _ all: [Clip], others: [Clip] = [], language: String, alike: [String: Int] = [:], ownWords: Float? = nil
  ) throws(DataError) {
    let clips = all.map { $0.heard(in: language) } + others.map(\.asOtherSpeech)
    self.clips = clips
    var byLabel = [[Word]](repeating: [], count: 10)
    var byPerson: [String: [[Word]]] = [:]
    var (words, talk, strings): ([Word], [Word], [Word]) = ([], [], [])
    var alikeByLabel: [Int: [Word]] = [:]
    var perPerson: [String: Int] = [:]
    for (index, clip) in clips.enumerated() where clip.samples.count > 400 {
      let word = WordCut(clip.samples).map {
        Word(
          clip: index, sound: $0.sound, loudPart: $0.loudPart, isClear: (720...7200).contains($0.sound.count))
      }
      switch clip.recording.label {
      case .digit(let digit):
        guard let word else { continue }
        byLabel[digit].append(word)
        let person = clip.recording.person
        if word.isClear {
          byPerson[person, default: [[Word]](repeating: [], count: 10)][digit].append(word)
        }
        perPerson[person, default: 0] += 1
      case .speech:
        guard let word else { continue }
        if clip.samples.count > Self.longestWord { talk.append(word) } else { words.append(word) }
        perPerson[clip.recording.person, default: 0] += 1
        if word.isClear, let label = alike[clip.recording.text.lowercased()] {
          alikeByLabel[label, default: []].append(word)
        }
      // Real strings are held out for evaluation.
      case .sequence: if let word, Kind(clip.recording) == .synthetic { strings.append(word) }
      case .noise: break
      }
    }
    if let missing = byLabel.firstIndex(where: \.isEmpty) {
      throw DataError(.noRecordings, "nothing to learn the digit \(missing) from: no recording has that label")
    }
    // A person with n recordings has weight √n, and each kind of source a fixed share, however many recordings it has.
    func balanced(_ words: [Word], _ share: (Kind) -> Float) -> Weighted<Word> {
      func weight(_ word: Word) -> Float {
        1 / Float(perPerson[clips[word.clip].recording.person] ?? 1).squareRoot()
      }
      var sums: [Kind: Float] = [:]
      for word in words { sums[Kind(clips[word.clip].recording), default: 0] += weight(word) }
      return Weighted(
        words,
        weights: words.map { word in
          let kind = Kind(clips[word.clip].recording)
          return weight(word) * share(kind) / (sums[kind] ?? 1)
        })
    }
    digits = byLabel.map { balanced($0) { $0.shareOfDigits } }
    self.byPerson = byPerson
    self.alike = alikeByLabel
    if let ownWords {
      // The kinds are balanced within the language and within the others. Otherwise its few recordings of people would
      // share their kind with thousands in other languages, and synthetic voices would be nearly all that is left of it.
      let isOwn = { (word: Word) in clips[word.clip].recording.language == language }
      self.words = .mixing(
        balanced(words.filter(isOwn)) { $0.shareOfWords }, ownWords,
        balanced(words.filter { !isOwn($0) }) { $0.shareOfWords })
    } else {
      self.words = balanced(words) { $0.shareOfWords }
    }
    // Talk is weighted by length; a source with n hours has weight √n.
    var lengths: [String: Float] = [:]
    for word in talk { lengths[clips[word.clip].recording.source, default: 0] += Float(clips[word.clip].samples.count) }
    self.talk = Weighted(
      talk,
      weights: talk.map {
        Float(clips[$0.clip].samples.count) / (lengths[clips[$0.clip].recording.source] ?? 1).squareRoot()
      })
    self.strings = Weighted(strings, weights: strings.map { _ in 1 })
    let bank = try SoundBank(clips)
    noises = NoiseMaker(bank: bank)
    fingerprint = bank.fingerprint
  }

  static func isSynthetic(_ recording: Recording) -> Bool { Kind(recording) == .synthetic }

  /// The kind of a recording, as its source tells.
  private enum Kind: Hashable {
    /// Volunteers at their own microphones, one word per file.
    case volunteers
    case person
    case converted
    case synthetic
    /// Vowels, exclamations and letters: rare, and similar to a part of a digit.
    case syllables

    init(_ recording: Recording) {
      let source = recording.source
      if source == "gsc" || source == "arabic-speech-commands" {
        self = .volunteers
      } else if source == "synthetic-exclamations" || source == "synthetic-letters" {
        self = .syllables
      } else if source == "tts" || source.hasPrefix("synthetic") {
        self = .synthetic
      } else if source.hasPrefix("converted") {
        self = .converted
      } else {
        self = .person
      }
    }

    var shareOfDigits: Float {
      switch self {
      case .volunteers: 0.5
      case .person: 0.25
      case .converted: 0.1
      case .synthetic: 0.15
      case .syllables: 0
      }
    }

    var shareOfWords: Float {
      switch self {
      case .volunteers: 0.45
      case .person: 0.3
      case .converted: 0.03
      case .synthetic: 0.16
      case .syllables: 0.06
      }
    }
  }
}

extension Clip {
  /// The same clip, as other speech if it is a digit in another language.
  package func heard(in language: String) -> Clip {
    guard case .digit = recording.label, !recording.language.isEmpty, recording.language != language else {
      return self
    }
    return asOtherSpeech
  }

  /// The same clip as other speech, unless it is noise.
  var asOtherSpeech: Clip {
    if case .noise = recording.label { return self }
    var recording = recording
    recording.label = .speech
    return Clip(recording: recording, samples: samples, sound: sound)
  }
}
