package import DigitNetwork
import SpeechFeatures
import VoiceActivity

/// 8 kHz sound → features → voice activity → network → decoder: what the sound stream knows of words, on the clock of
/// samples. The same for the microphone, files, evaluation and the fitting of the verdict.
///
/// The network runs while there is sound, and a second after; while it sleeps half a second of features is kept for it to
/// begin with. Owned by one thread at a time; while nobody speaks nothing is allocated.
package final class SpeechReader {
  package enum Output: Sendable, Equatable {
    /// Sample numbers since the reader began.
    case speechStarted(sample: Int)
    case speechStopped(sample: Int)
    case word(FoundWord, start: Int, end: Int)
    /// One column of the network's scores was read; `sample` is where it ends.
    case column(ColumnScores, sample: Int)
    /// The network went to sleep: no column follows on those before.
    case slept
  }

  package let model: SequenceModel
  private let features: StreamingFeatures
  private let network: StreamingNetwork
  /// The same network, to hear ahead with.
  private let ahead: StreamingNetwork
  private var activity: SpeechActivity
  private var finder: WordFinder
  private let hop: Int
  private let window: Int
  private let framesPerColumn: Int
  /// Feature frames since the reader began.
  private var frames = 0
  /// Samples taken in since then.
  package private(set) var samples = 0
  /// The latest frames: what the network begins with when it wakes, and what is repeated to hear ahead.
  private var history: FrameHistory
  /// Whether the word that was emitted last was told.
  private var wasEmitted = false
  private enum State {
    /// Both since a frame.
    case asleep(since: Int), awake(since: Int, quietFrames: Int)
  }
  private var state: State
  /// Columns of speech in a row while voice activity hears none: a soft voice, or a recording that begins with a word.
  private var unheardColumns = 0

  /// Frames the network is given from before the sound: half a second.
  private static let leadLength = 64
  /// Frames without sound after which it sleeps: one second.
  private static let patience = 125
  /// Columns of speech that begin a stretch by themselves: 0.13 s.
  private static let enoughColumns = 4
  /// Frames over which speech has been quiet when it is asked what was said: as in `SpeechActivity.isQuiet`.
  private static let quietLength = 7
  /// Frames that are heard ahead: as far as the network looks, and one column more.
  private let aheadLength: Int
  /// Silence that the features begin with, for the first word to stand out from: a recording may be cut to the word, and its
  /// running means would begin with it. 0.13 s.
  package static let prelude = 1024
  /// Zeros that follow where the sound ends, as far as the last word needs something after it: 0.3 s.
  private static let tail = 2400

  /// - Parameter other: shares its network's weights, which takes a while to make ready. It may be at work meanwhile.
  /// - Throws: if FFTW cannot plan the transform.
  package init(_ model: SequenceModel, sharing other: SpeechReader? = nil) throws {
    self.model = model
    features = try StreamingFeatures()
    network = other.map { StreamingNetwork(sharing: $0.network) } ?? StreamingNetwork(model.network)
    ahead = StreamingNetwork(sharing: network)
    let architecture = model.metadata.architecture
    aheadLength = architecture.lookahead + architecture.framesPerColumn
    let spectrum = features.parameters.spectrum
    (hop, window) = (spectrum.hop, spectrum.window)
    activity = SpeechActivity(bands: spectrum.bands, frameMilliseconds: hop * 1000 / spectrum.sampleRate)
    finder = WordFinder(labels: model.metadata.labels.count)
    framesPerColumn = model.metadata.architecture.framesPerColumn
    history = FrameHistory(keeping: Self.leadLength, length: features.frameCount)
    state = .asleep(since: 0)
    begin()
  }

  /// Awake, for a recording may begin with a word, and with silence before it.
  private func begin() {
    state = .awake(since: frames, quietFrames: 0)
    finder = WordFinder(labels: model.metadata.labels.count)
    unheardColumns = 0
    withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.prelude) { silence in
      silence.initialize(repeating: 0)
      features.process(UnsafeBufferPointer(silence)) { frame in
        frames += 1
        feed(frame) { _ in }
      }
    }
  }

  /// Whether nothing is under way: neither speech nor a word.
  package var isResting: Bool {
    if case .asleep = state { return !activity.isSpeech }
    return false
  }
  package var isSpeech: Bool { activity.isSpeech }
  /// Whether the latest sound is no louder than the background.
  package var isQuiet: Bool { activity.isQuiet }
  /// Whether a word may be under way, and where it began.
  package var openWordStart: Int? { finder.isOpen ? sample(ofColumn: finder.openStart) : nil }

  /// A word that `process` gave was told.
  package func noteEmitted(_ word: FoundWord) {
    finder.noteEmitted(word)
    wasEmitted = true
  }

  package func process(_ block: UnsafeBufferPointer<Float>, emit: (Output) -> Void) {
    samples += block.count
    features.process(block) { frame in take(frame, emit) }
  }

  /// The sound ends here, or a part of it is lost: what is under way ends. Then begins anew.
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

  /// Begins with the frames that were kept, which do not include the present one.
  private func wake(_ emit: (Output) -> Void) {
    guard case .asleep(let since) = state else { return }
    let slept = frames - 1 - since
    let leadFrames = min(slept, Self.leadLength)
    state = .awake(since: frames - 1 - leadFrames, quietFrames: 0)
    var memory = finder.memory
    memory.fade(columns: Double(slept - leadFrames) / Double(framesPerColumn))
    finder = WordFinder(labels: model.metadata.labels.count, memory: memory)
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

  /// Finds the last words as if it stayed as quiet as it has become. The columns are late by what the network looks
  /// ahead; so a word at the end is told that much sooner. What is not told now is found again in its time.
  private func hearAhead(_ emit: (Output) -> Void) {
    ahead.goOn(from: network)
    var finder = finder
    finder.goAhead(fall: activity.fall)
    let labels = model.metadata.labels.count + 1
    guard let latest = history.frames(fromAge: Self.quietLength).baseAddress else { return }
    for i in 0..<aheadLength {
      ahead.process(latest + i % Self.quietLength * features.frameCount) { logits in
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
    let column = ColumnScores(logits: logits, labels: model.metadata.labels.count + 1)
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
