package import DigitNetwork
import Recognition
package import SpeechFeatures
import VoiceActivity

/// Composes running speech: runs of digits, single digits, other words, talk and pauses, with a simulated room and
/// microphone, turned into the live features.
///
/// An example depends only on the seed and its number. Owned by one thread at a time.
package final class SequenceComposer {
  private let bank: SequenceBank
  private let labels: [SequenceModel.Label]
  private let settings: SequenceSettings
  private let seed: UInt64
  private let features: StreamingFeatures
  private let filters: [MelFilterBank]
  private let columns: Int
  private let framesPerColumn: Int
  private let hop: Int
  private let length: Int
  private var masks: SequenceMask

  package init(
    _ bank: SequenceBank, labels: [SequenceModel.Label], recipe: SequenceRecipe, architecture: SequenceArchitecture,
    parameters: StreamingFeatureParameters = .standard
  ) throws {
    self.bank = bank
    self.labels = labels
    settings = recipe.examples
    seed = recipe.seed
    features = try StreamingFeatures(parameters)
    columns = recipe.columns
    framesPerColumn = architecture.framesPerColumn
    hop = parameters.spectrum.hop
    length = (columns * framesPerColumn - 1) * hop + parameters.spectrum.window
    let (low, high) = (Double(settings.warp.lowerBound), Double(settings.warp.upperBound))
    filters = (0...16).map { MelFilterBank(parameters.spectrum, warp: low + (high - low) * Double($0) / 16) }
    masks = SequenceMask(frames: columns * framesPerColumn, bands: parameters.spectrum.bands)
  }

  package var inputCount: Int { columns * framesPerColumn * features.frameCount }

  /// A word of an example and the samples in which it sounds.
  package struct Said: Sendable, Equatable {
    package var label: Int
    package var samples: Range<Int>
  }

  /// The samples of example number `index`, and the words said in it, in order.
  package func sound(_ index: UInt64) -> (samples: [Float], words: [Said]) {
    let (scene, _) = scene(index, attempt: 0)
    let words = scene.parts.sorted { $0.sound.lowerBound < $1.sound.lowerBound }.flatMap { part -> [Said] in
      switch part.kind {
      case .digit(let digit): [Said(label: digit, samples: part.sound)]
      case .string(let labels): labels.map { Said(label: $0, samples: part.sound) }
      case .other, .talk: []
      }
    }
    return (scene.samples, words)
  }

  private func scene(_ index: UInt64, attempt: Int) -> (SequenceScene, SeededGenerator) {
    var random = SeededGenerator(seed: seed, stream: index, UInt64(attempt))
    var scene = SequenceScene(length: length)
    compose(&scene, &random)
    if random.chance(settings.cutEnd) { cutEnd(&scene, &random) }
    scene.place(settings, bank.noises, &random)
    if let recorded = scene.recorded {
      for i in scene.samples.indices where !recorded.contains(i) { scene.samples[i] = 0 }
    }
    return (scene, random)
  }

  /// Makes example number `index`: writes the features [frames][bands][2] to `input`.
  package func make(_ index: UInt64, attempt: Int = 0, input: UnsafeMutablePointer<Float>) -> Target {
    var (scene, random) = scene(index, attempt: attempt)
    let variation = StreamingFeatures.Variation(
      filters: filters[random.index(below: filters.count)],
      response: SoundEffects.response(
        bins: features.parameters.spectrum.bins, depth: settings.equaliserDepth,
        equalises: random.chance(settings.equaliser), limits: random.chance(settings.bandLimit), &random))
    features.reset()
    var frame = 0
    let (count, frames) = (features.frameCount, columns * framesPerColumn)
    scene.samples.withUnsafeBufferPointer { samples in
      features.process(samples, variation: variation) { values in
        guard frame < frames else { return }
        (input + frame * count).update(from: values, count: count)
        frame += 1
      }
    }
    if random.chance(settings.masks) { masks.apply(to: input, &random) }
    return Target(of: scene, columns: columns, samplesPerColumn: framesPerColumn * hop)
  }

  // MARK: - What is said

  private func seconds(_ range: ClosedRange<Float>, _ random: inout SeededGenerator) -> Int {
    Int(random.uniform(in: range) * Float(VoiceFrame.sampleRate))
  }

  private func compose(_ scene: inout SequenceScene, _ random: inout SeededGenerator) {
    var cursor = seconds(0.05...0.9, &random)
    var isFirst = true
    if random.chance(settings.cutBeginning) {
      // Like the reader's input at the start of a recording: a moment before its first word, within the word, or noise
      // only.
      scene.recorded = SpeechReader.prelude..<length
      cursor = SpeechReader.prelude + random.index(below: 880) - 480
      let level = SoundEffects.amplitude(decibels: random.uniform(in: -10...0))
      let kind = random.unit()
      if kind < 0.6 {
        cursor = addRun(&scene, cursor, level, &random)
      } else if kind < 0.75 {
        cursor = addWords(&scene, cursor, level, &random)
      }
      cursor += seconds(0.1...1, &random)
      isFirst = false
    }
    // There is room for a word.
    while cursor < length - VoiceFrame.sampleRate * 3 / 10 {
      let kind = random.unit()
      let level = SoundEffects.amplitude(decibels: random.uniform(in: -10...0))
      var at = settings.run
      if kind < at {
        cursor = addRun(&scene, cursor, level, &random)
      } else if kind < at + settings.single {
        let digit = bank.digits[random.index(below: 10)].draw(&random)
        cursor =
          random.chance(settings.halfDigit)
          ? addHalf(digit, &scene, cursor, level, &random) : addWhole(digit, &scene, cursor, level, &random)
      } else {
        at += settings.single
        if kind < at + settings.word, !bank.words.isEmpty {
          let word = bank.words.draw(&random)
          cursor =
            random.chance(0.6)
            ? addWhole(word, &scene, cursor, level, &random) : addWords(&scene, cursor, level, &random)
        } else if kind < at + settings.word + settings.talk, !bank.talk.isEmpty {
          cursor = addTalk(&scene, isFirst && random.chance(0.6) ? 0 : cursor, level, &random)
        }
      }
      isFirst = false
      cursor += random.chance(0.8) ? seconds(settings.pause, &random) : seconds(0.02...0.25, &random)
    }
  }

  /// Ends the recording at the end of one of its words, or a moment later.
  private func cutEnd(_ scene: inout SequenceScene, _ random: inout SeededGenerator) {
    let words = scene.parts.filter { if case .talk = $0.kind { false } else { true } }
    guard !words.isEmpty else { return }
    let last = words[random.index(below: words.count)].sound.upperBound
    scene.parts.removeAll { $0.sound.lowerBound >= last }
    // Cuts off sounds that go on beyond it.
    for i in scene.parts.indices { scene.parts[i].sound = scene.parts[i].sound.clamped(to: 0..<last) }
    let begins = scene.recorded?.lowerBound ?? 0
    scene.recorded = begins..<min(length, max(begins, last) + random.index(below: 800))
  }

  /// Several digits in a row, usually by one person.
  private func addRun(
    _ scene: inout SequenceScene, _ start: Int, _ level: Float, _ random: inout SeededGenerator
  ) -> Int {
    if !bank.strings.isEmpty, random.chance(0.2) {
      return addString(&scene, start, level, &random)
    }
    let isStretched = random.chance(0.5)
    let hurry = random.uniform(in: isStretched ? settings.stretch : settings.hurry)
    let isSlow = random.chance(0.15)
    var count = 1
    while count < 10, random.chance(0.75) { count += 1 }
    var cursor = start
    var person: [[SequenceBank.Word]]?
    let intruder = random.chance(settings.wordInRun) ? random.index(below: count + 1) : -1
    var end = start
    var followsClosely = false
    for position in 0...count {
      var next: (word: SequenceBank.Word, kind: SequenceScene.Part.Kind)?
      if position == intruder, !bank.words.isEmpty {
        let word = bank.words.draw(&random)
        if word.isClear { next = (word, .other) }
      } else if position < count {
        let digit = random.index(below: 10)
        var word = bank.digits[digit].draw(&random)
        if let person, !person[digit].isEmpty, random.chance(0.85) {
          word = person[digit][random.index(below: person[digit].count)]
        } else if position == 0 || person == nil {
          person = bank.byPerson[bank.clips[word.clip].recording.person]
        }
        if word.isClear { next = (word, .digit(digit)) }
        // Among other digits, a digit may be said with an alternative word.
        if count > 1, let label = labels.lastIndex(where: { $0.digit == digit }), let alike = bank.alike[label],
          random.chance(settings.alike)
        {
          next = (alike[random.index(below: alike.count)], .digit(label))
        }
      }
      guard let (word, kind) = next else { continue }
      let clip = bank.clips[word.clip]
      let pace = hurry * random.uniform(in: 0.95...1.05)
      // People who hurry leave out soft beginnings and ends.
      let cutsBeginning = settings.hardCut.map { random.chance($0) } ?? false
      let cutsEnd = settings.hardCut.map { random.chance($0) } ?? false
      let begins = cutsBeginning ? word.loudPart.lowerBound : word.sound.lowerBound
      let ends = cutsEnd ? word.loudPart.upperBound : word.sound.upperBound
      var sound =
        isStretched
        ? SoundEffects.stretched(clip.samples[begins..<ends], by: pace)
        : SoundEffects.played(clip.samples[begins..<ends], at: pace)
      let isFollowedClosely = !isSlow && position < count && random.chance(settings.elision)
      if followsClosely { sound.removeFirst(Int(Float(sound.count) * random.uniform(in: 0...0.12))) }
      if isFollowedClosely { sound.removeLast(Int(Float(sound.count) * random.uniform(in: 0.04...0.25))) }
      let loudness = level * SoundEffects.amplitude(decibels: random.uniform(in: -6...0))
      guard cursor + sound.count < length - 400 else { return end }
      end = add(sound, kind, &scene, at: cursor, loudness)
      let gap: Int =
        isSlow
        ? seconds(0.1...0.6, &random)
        : isFollowedClosely
          ? seconds(-0.03...0.02, &random)
          : random.chance(0.75) ? seconds(-0.06...0.12, &random) : seconds(0.12...0.4, &random)
      followsClosely = isFollowedClosely
      cursor = max(0, end + gap)
    }
    return end
  }

  /// A recording of several digits, unchanged.
  private func addString(
    _ scene: inout SequenceScene, _ start: Int, _ level: Float, _ random: inout SeededGenerator
  ) -> Int {
    let word = bank.strings.draw(&random)
    let clip = bank.clips[word.clip]
    guard case .sequence(let digits) = clip.recording.label else { return start }
    // A digit may have several words, each with a label of its own: "oh".
    let spoken = clip.recording.text.split(separator: " ")
    let labels = digits.indices.map { i in
      spoken.count == digits.count ? label(digits[i], spoken: spoken[i]) : label(digits[i])
    }
    var sound = SoundEffects.played(clip.samples[word.sound], at: random.uniform(in: settings.speed))
    guard start + sound.count < length - 400 else { return start }
    SoundEffects.normalise(&sound, to: level)
    scene.add(sound[...], at: start, gain: 1)
    scene.parts.append(.init(kind: .string(labels), sound: start..<start + sound.count))
    return start + sound.count
  }

  private func label(_ digit: Int, spoken: Substring? = nil) -> Int {
    labels.firstIndex { $0.digit == digit && spoken.map($0.spoken.elementsEqual) ?? true }
      ?? labels.firstIndex { $0.digit == digit } ?? digit
  }

  /// A recording including the background around its word.
  private func addWhole(
    _ word: SequenceBank.Word, _ scene: inout SequenceScene, _ start: Int, _ level: Float,
    _ random: inout SeededGenerator
  ) -> Int {
    let clip = bank.clips[word.clip]
    let speed = random.uniform(in: settings.speed)
    let margin = VoiceFrame.sampleRate / 2
    let around = max(0, word.sound.lowerBound - margin)..<min(clip.samples.count, word.sound.upperBound + margin)
    var sound = SoundEffects.played(clip.samples[around], at: speed)
    SoundEffects.normalise(&sound, to: level)
    let first = Int(Float(word.sound.lowerBound - around.lowerBound) / speed)
    let last = Int(Float(word.sound.upperBound - around.lowerBound) / speed)
    guard start + last < length - 400 else { return start }
    fade(&sound)
    scene.add(sound[...], at: start, gain: 1)
    let kind: SequenceScene.Part.Kind
    switch clip.recording.label {
    case .digit(let digit): kind = .digit(digit)
    case .speech, .sequence, .noise: kind = .other
    }
    scene.parts.append(.init(kind: kind, sound: start + first..<start + last))
    return start + sound.count
  }

  /// The beginning of a digit followed by silence: too little to tell which digit. It teaches cases where somebody
  /// breaks off, or where a word contains a silence and is decided too early.
  private func addHalf(
    _ word: SequenceBank.Word, _ scene: inout SequenceScene, _ start: Int, _ level: Float,
    _ random: inout SeededGenerator
  ) -> Int {
    guard word.isClear else { return start }
    let said = word.sound.prefix(Int(Float(word.sound.count) * random.uniform(in: 0.15...0.42)))
    let sound = SoundEffects.played(bank.clips[word.clip].samples[said], at: random.uniform(in: settings.speed))
    return add(sound, .other, &scene, at: start, level)
  }

  /// One to three other words, without their background.
  private func addWords(
    _ scene: inout SequenceScene, _ start: Int, _ level: Float, _ random: inout SeededGenerator
  ) -> Int {
    var cursor = start
    for _ in 0...random.index(below: 3) {
      let word = bank.words.draw(&random)
      guard word.isClear else { continue }
      let sound = SoundEffects.played(bank.clips[word.clip].samples[word.sound], at: random.uniform(in: settings.speed))
      let loudness = level * SoundEffects.amplitude(decibels: random.uniform(in: -6...0))
      cursor = add(sound, .other, &scene, at: cursor, loudness) + seconds(-0.03...0.3, &random)
    }
    return cursor
  }

  /// One to four seconds from a recording of talk.
  private func addTalk(
    _ scene: inout SequenceScene, _ start: Int, _ level: Float, _ random: inout SeededGenerator
  ) -> Int {
    let word = bank.talk.draw(&random)
    let clip = bank.clips[word.clip]
    let wanted = min(clip.samples.count, seconds(1...4, &random))
    // The beginning and the end of a sentence are more likely than any other place.
    let spare = clip.samples.count - wanted
    let from = random.chance(0.25) ? 0 : random.chance(0.3) ? spare : random.index(below: spare + 1)
    var sound = SoundEffects.played(clip.samples[from..<from + wanted], at: random.uniform(in: settings.speed))
    SoundEffects.normalise(&sound, to: level)
    var cursor = start
    var rest = sound[...]
    let (hasPauses, hasDigits) = (random.chance(settings.pausesInTalk), random.chance(settings.digitInTalk))
    if hasPauses || hasDigits {
      for _ in 0...random.index(below: 3) where rest.count > 6400 {
        let cut = quietest(in: rest, near: rest.startIndex + 1600 + random.index(below: rest.count - 3200))
        cursor = addPiece(rest[..<cut], &scene, cursor)
        if hasPauses { cursor += seconds(0.1...0.45, &random) }
        if hasDigits { cursor = addDigitInTalk(&scene, cursor, level, &random) }
        rest = rest[cut...]
      }
    }
    return addPiece(rest, &scene, cursor)
  }

  /// A digit as a word of a sentence, in another voice: "for", "to", "won". Only the context shows that it is talk.
  private func addDigitInTalk(
    _ scene: inout SequenceScene, _ start: Int, _ level: Float, _ random: inout SeededGenerator
  ) -> Int {
    let word = bank.digits[random.index(below: 10)].draw(&random)
    guard word.isClear else { return start }
    let sound = SoundEffects.played(
      bank.clips[word.clip].samples[word.sound], at: random.uniform(in: settings.speed) * 1.1)
    let loudness = level * SoundEffects.amplitude(decibels: random.uniform(in: -9...0))
    let place = max(0, start + seconds(-0.03...0.06, &random))
    return max(0, add(sound, .other, &scene, at: place, loudness) + seconds(-0.03...0.06, &random))
  }

  /// Adds one sound; returns where it ends.
  private func add(
    _ sound: [Float], _ kind: SequenceScene.Part.Kind, _ scene: inout SequenceScene, at place: Int, _ level: Float
  ) -> Int {
    var sound = sound
    fade(&sound)
    SoundEffects.normalise(&sound, to: level)
    scene.add(sound[...], at: place, gain: 1)
    scene.parts.append(.init(kind: kind, sound: place..<place + sound.count))
    return place + sound.count
  }

  private func addPiece(_ sound: ArraySlice<Float>, _ scene: inout SequenceScene, _ start: Int) -> Int {
    var piece = Array(sound)
    fade(&piece)
    scene.add(piece[...], at: start, gain: 1)
    scene.parts.append(.init(kind: .talk, sound: start..<start + piece.count))
    return start + piece.count
  }

  /// The start of the quietest 10 ms within 0.15 s of a position: most likely between two words.
  private func quietest(in sound: ArraySlice<Float>, near place: Int) -> Int {
    let frame = VoiceFrame.length
    let reach = 15 * frame
    let places = stride(
      from: max(sound.startIndex, place - reach), to: min(sound.endIndex - frame, place + reach), by: frame)
    return places.min { sound[$0..<$0 + frame].energy < sound[$1..<$1 + frame].energy } ?? place
  }

  /// Fades in and out over 8 ms, so that the network does not learn to detect the splices.
  private func fade(_ sound: inout [Float]) {
    let count = min(64, sound.count / 4)
    for i in 0..<count {
      let gain = Float(i) / Float(count)
      sound[i] *= gain
      sound[sound.count - 1 - i] *= gain
    }
  }
}
