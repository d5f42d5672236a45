import AudioInput
package import DigitNetwork
import SpeechFeatures
package import VoiceActivity

/// 8 kHz sound → features → voice activity → network → decoder → words, with times in samples. The microphone, files,
/// evaluation and the fitting of the verdict all use it.
///
/// The network runs while there is sound and for a second afterwards. While it sleeps, the latest half second of
/// features is kept, with which it starts when it wakes. Owned by one thread at a time; in silence nothing is
/// allocated.
package final class SpeechReader {
  package enum Output: Sendable, Equatable {
    /// Sample numbers are counted since the reader began.
    case speechStarted(sample: Int)
    case speechStopped(sample: Int)
    case word(FoundWord, start: Int, end: Int)
    /// One column of the network's scores; it ends at `sample`.
    case column(ColumnScores, sample: Int)
    /// The network went to sleep: the next column does not follow directly.
    case slept
  }

  /// The number of labels, the blank not included.
  private let labels: Int
  private let search: SequenceModel.Search
  private let features: StreamingFeatures
  private let network: StreamingNetwork
  /// The same network, for hearing ahead.
  private let ahead: StreamingNetwork
  private var activity: SpeechActivity
  private var finder: WordFinder
  private let hop: Int
  private let window: Int
  private let framesPerColumn: Int
  /// Feature frames since the reader began.
  private var frames = 0
  /// Samples processed since then.
  package private(set) var samples = 0
  /// The latest frames: the network starts with them when it wakes, and they are repeated to hear ahead.
  private var history: FrameHistory
  /// Whether the caller emitted the last word of `process`.
  private var wasEmitted = false
  private enum State {
    /// `since` is a frame number.
    case asleep(since: Int), awake(since: Int, quietFrames: Int)
  }
  private var state: State
  /// Consecutive columns of speech while voice activity detects none: a soft voice, or a recording that begins with a
  /// word.
  private var unheardColumns = 0

  /// Frames from before the sound with which the network starts: half a second.
  private static let leadLength = 64
  /// Frames without sound after which the network sleeps: one second.
  private static let patience = 125
  /// Consecutive columns of speech that begin a stretch without voice activity: 0.13 s.
  private static let enoughColumns = 4
  /// The number of frames to hear ahead: the network's lookahead and one column.
  private let aheadLength: Int
  /// Samples of silence before the sound (0.13 s): if a recording begins with its word, the features' running means
  /// would otherwise begin with the word, too.
  package static let prelude = 1024
  /// Zeros after the end of the sound, because the last word needs something after it: 0.3 s.
  private static let tail = AudioConditioner.outputRate * 3 / 10

  /// Keeps nothing of the model but its prepared weights.
  ///
  /// - Parameter other: a reader of the same model, whose prepared weights are shared. It may be in use meanwhile.
  /// - Throws: if FFTW cannot plan the transform.
  package init(_ model: SequenceModel, sharing other: SpeechReader? = nil) throws {
    labels = model.metadata.labels.count
    search = model.metadata.search
    features = try StreamingFeatures()
    network = other.map { StreamingNetwork(sharing: $0.network) } ?? StreamingNetwork(model.network)
    ahead = StreamingNetwork(sharing: network)
    let architecture = model.metadata.architecture
    aheadLength = architecture.lookahead + architecture.framesPerColumn
    let spectrum = features.parameters.spectrum
    (hop, window) = (spectrum.hop, spectrum.window)
    activity = SpeechActivity(
      bands: spectrum.bands, frameMilliseconds: hop * 1000 / spectrum.sampleRate, settings: .init(search))
    finder = WordFinder(labels: labels, search: search)
    framesPerColumn = model.metadata.architecture.framesPerColumn
    history = FrameHistory(keeping: Self.leadLength, length: features.frameCount)
    state = .asleep(since: 0)
    begin()
  }

  /// Starts awake, because a recording may begin with a word, and with silence before the sound.
  private func begin() {
    state = .awake(since: frames, quietFrames: 0)
    finder = WordFinder(labels: labels, search: search)
    unheardColumns = 0
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.prelude) { silence in
      silence.initialize(repeating: 0)
      features.process(UnsafeBufferPointer(silence)) { frame in
        frames += 1
        feed(frame) { _ in }
      }
    }
  }

  /// Whether there is neither speech nor an undecided word.
  package var isResting: Bool {
    if case .asleep = state { return !activity.isSpeech }
    return false
  }
  package var isSpeech: Bool { activity.isSpeech }
  /// How far sound exceeds the background, in dB.
  var margin: Float { activity.settings.margin }
  /// Whether the latest sound is no louder than the background.
  package var isQuiet: Bool { activity.isQuiet }
  /// The sample where a word may have begun that is not decided yet; nil if there is none.
  package var openWordStart: Int? { finder.isOpen ? sample(ofColumn: finder.openStart) : nil }

  /// The caller emitted a word of `process`.
  package func noteEmitted(_ word: FoundWord) {
    finder.noteEmitted(word)
    wasEmitted = true
  }

  package func process(_ block: UnsafeBufferPointer<Float>, emit: (Output) -> Void) {
    samples += block.count
    features.process(block) { frame in take(frame, emit) }
  }

  /// The sound ends here, or a part of it was lost: ends what is in progress and starts over.
  package func finish(emit: (Output) -> Void) {
    let end = samples
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.tail) { silence in
      silence.initialize(repeating: 0)
      features.process(UnsafeBufferPointer(silence)) { frame in
        guard case .awake = state else { return }
        feed(frame, emit)
      }
    }
    sleep(emit)
    if case .stopped(let framesAgo)? = activity.interrupt() {
      emit(.speechStopped(sample: min(end, sample(ofFrame: frames - framesAgo))))
    }
    features.reset()
    frames = (end + hop - 1) / hop
    samples = frames * hop
    begin()
  }

  private func take(_ frame: UnsafePointer<Float>, _ emit: (Output) -> Void) {
    let change = activity.process(features.power)
    frames += 1
    if case .started(let framesAgo)? = change {
      wake(emit)
      emit(.speechStarted(sample: sample(ofFrame: frames - framesAgo)))
    }
    history.append(UnsafeBufferPointer(start: frame, count: features.frameCount))
    switch state {
    case .asleep: break
    case .awake(let since, let quiet):
      state = .awake(since: since, quietFrames: activity.isSpeech ? 0 : quiet + 1)
      feed(frame, emit)
      if activity.hasFallenQuiet { hearAhead(emit) }
      if quiet >= Self.patience, !finder.isOpen { sleep(emit) }
    }
    if case .stopped(let framesAgo)? = change { emit(.speechStopped(sample: sample(ofFrame: frames - framesAgo))) }
  }

  /// Starts with the kept frames, which do not include the present one.
  private func wake(_ emit: (Output) -> Void) {
    guard case .asleep(let since) = state else { return }
    let slept = frames - 1 - since
    let leadFrames = min(slept, Self.leadLength)
    state = .awake(since: frames - 1 - leadFrames, quietFrames: 0)
    var memory = finder.memory
    memory.fade(columns: Double(slept - leadFrames) / Double(framesPerColumn))
    finder = WordFinder(labels: labels, search: search, memory: memory)
    let lead = history.frames(fromAge: leadFrames)
    for start in stride(from: 0, to: lead.count, by: features.frameCount) {
      if let base = lead.baseAddress { feed(base + start, emit) }
    }
  }

  private func sleep(_ emit: (Output) -> Void) {
    guard case .awake = state else { return }
    network.finish { read($0, emit) }
    finder.finish()
    while let word = finder.nextWord(isQuiet: true) { output(word, emit) }
    state = .asleep(since: frames)
    emit(.slept)
  }

  private func feed(_ frame: UnsafePointer<Float>, _ emit: (Output) -> Void) {
    network.process(frame) { read($0, emit) }
  }

  /// Finds the last words on the assumption that it stays as quiet as it has become. The columns lag behind the sound
  /// by the network's lookahead, so a word at the end is emitted that much sooner. Words not emitted now are found
  /// again in time.
  private func hearAhead(_ emit: (Output) -> Void) {
    ahead.goOn(from: network)
    var finder = finder
    finder.goAhead(fall: activity.fall)
    let labels = labels + 1
    // As many quiet frames as there are at least.
    let quietLength = activity.shortQuiet
    guard let latest = history.frames(fromAge: quietLength).baseAddress else { return }
    for i in 0..<aheadLength {
      ahead.process(latest + i % quietLength * features.frameCount) { logits in
        finder.process(ColumnScores(logits: logits, labels: labels))
      }
    }
    finder.finish()
    while let word = finder.nextWord(isQuiet: true) {
      wasEmitted = false
      output(word, emit)
      if wasEmitted { finder.noteEmitted(word) }
      // Later words wait for those before them.
      if word.occasion == .early, !wasEmitted { break }
    }
  }

  private func read(_ logits: UnsafePointer<Float>, _ emit: (Output) -> Void) {
    let column = ColumnScores(logits: logits, labels: labels + 1)
    finder.process(column)
    unheardColumns = column.isSpeech && !activity.isSpeech ? unheardColumns + 1 : 0
    if unheardColumns == Self.enoughColumns {
      activity.begin()
      unheardColumns = 0
      emit(.speechStarted(sample: sample(ofColumn: finder.columns - Self.enoughColumns)))
    }
    emit(.column(column, sample: sample(ofColumn: finder.columns)))
    while let word = finder.nextWord(isQuiet: activity.isQuiet) { output(word, emit) }
  }

  private func output(_ word: FoundWord, _ emit: (Output) -> Void) {
    emit(
      .word(
        word, start: sample(ofColumn: word.sound.lowerBound),
        end: max(sample(ofColumn: word.sound.lowerBound) + 1, min(samples, sample(ofColumn: word.sound.upperBound)))))
  }

  /// The middle of a frame's window.
  private func sample(ofFrame frame: Int) -> Int { max(0, frame * hop + window / 2 - Self.prelude) }

  private func sample(ofColumn column: Int) -> Int {
    guard case .awake(let since, _) = state else { return samples }
    return max(0, (since + column * framesPerColumn) * hop + window / 2 - hop - Self.prelude)
  }
}

extension SpeechActivity.Settings {
  /// Those of a model.
  package init(_ search: SequenceModel.Search) {
    self.init(wordQuiet: search.quietTime, lowQuiet: search.fallenTime, drop: Float(search.fall))
  }
}
