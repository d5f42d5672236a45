/// The recordings that running speech is put together from.
package struct SequenceBank: Sendable {
  /// A recording and where its word lies, cut by loudness.
  package struct Word: Sendable {
    let clip: Int
    /// The samples of the sound: see `WordCut`.
    let sound: Range<Int>
    /// Whether the word could be cut out: noise as loud as speech leaves nothing to cut by.
    let isClear: Bool
  }

  let clips: [Clip]
  /// Digits: by label, then by who says them.
  let digits: [Weighted<Word>]
  /// Other ways to say a digit, by label: alone they are other speech, beside digits a digit ("oh").
  let alike: [Int: [Word]]
  /// By person, the words of each label.
  let byPerson: [String: [[Word]]]
  /// One word or two, no digit.
  let words: Weighted<Word>
  /// People who go on talking, 2 s and more.
  let talk: Weighted<Word>
  /// Several digits in one recording, with what was said.
  let strings: Weighted<Word>
  let noises: NoiseMaker
  package let fingerprint: String

  /// Longer recordings of other speech count as talk.
  private static let longestWord = 16_000

  /// - Parameters:
  ///   - all: a digit in another language is other speech, where the manifest names the language.
  ///   - others: whatever is said in these is other speech.
  ///   - language: of the digits to learn.
  ///   - alike: what is said in a recording of other speech → the label that it has beside digits.
  ///   - ownWords: of the other words drawn, the share of those in that language; nil for as many as there are.
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
        Word(clip: index, sound: $0.sound, isClear: (720...7200).contains($0.sound.count))
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
      // Real strings are kept to measure by.
      case .sequence: if let word, Kind(clip.recording) == .synthetic { strings.append(word) }
      case .noise: break
      }
    }
    if let missing = byLabel.firstIndex(where: \.isEmpty) {
      throw DataError(.noRecordings, "nothing to learn the digit \(missing) from: no recording has that label")
    }
    // A person with n recordings counts √n, and each kind of source its share, however many recordings it has.
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
    let wordsByKind = balanced(words) { $0.shareOfWords }
    self.words =
      ownWords.map { wordsByKind.giving($0, to: { clips[$0.clip].recording.language == language }) } ?? wordsByKind
    // Talk counts by its length, and a source with n hours counts √n.
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

  /// What a recording is like, as its source tells.
  private enum Kind: Hashable {
    /// Volunteers at their own microphones, one word a file.
    case volunteers
    case person
    case converted
    case synthetic
    /// Vowels and exclamations, which are rare and sound like a digit's half.
    case exclamations

    init(_ recording: Recording) {
      let source = recording.source
      if source == "gsc" || source == "arabic-speech-commands" {
        self = .volunteers
      } else if source == "synthetic-exclamations" {
        self = .exclamations
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
      case .exclamations: 0
      }
    }

    var shareOfWords: Float {
      switch self {
      case .volunteers: 0.45
      case .person: 0.3
      case .converted: 0.03
      case .synthetic: 0.16
      case .exclamations: 0.06
      }
    }
  }
}

extension Clip {
  /// The same, where a digit in another language is other speech.
  func heard(in language: String) -> Clip {
    guard case .digit = recording.label, !recording.language.isEmpty, recording.language != language else {
      return self
    }
    return asOtherSpeech
  }

  /// The same, where whatever is said is other speech.
  var asOtherSpeech: Clip {
    if case .noise = recording.label { return self }
    var recording = recording
    recording.label = .speech
    return Clip(recording: recording, samples: samples, sound: sound)
  }
}
