import AudioInput
package import DigitNetwork
package import Events
import SpeechFeatures
import VoiceActivity

/// Turns sound into events; nothing else does. Samples of any rate, losses and delays go in; speech, digits, numbers,
/// levels and conditions come out in order of time. The microphone, files, clients' recordings, evaluation and tests
/// all use it; a clip is a stream that ends.
///
/// The output depends only on the sound, not on the speed of the machine, except for `compute_ms`. Owned by one thread
/// at a time; callbacks run before a call returns. In silence nothing is allocated.
package final class SoundStream {
  package struct Settings: Sendable, Equatable {
    /// Seconds without a digit that end a number.
    package var numberPause: Double

    package init(numberPause: Double = 0.8) { self.numberPause = numberPause }
  }

  /// Of the model nothing else is kept: its weights are in the reader.
  private let labels: [SequenceModel.Label]
  private let verdict: SequenceVerdict
  private let reader: SpeechReader
  private let wantsSpectrum: () -> Bool
  private let heard: ((UnsafeBufferPointer<Float>) -> Void)?
  private var report: SpeechReport
  private var number: NumberAssembler
  private var conditioner: AudioConditioner?
  private var clock = StreamClock()
  /// The time of the reader's sample `originSample` on the stream's clock, in ms; changes at each loss.
  private var originMs = 0.0
  private var originSample = 0
  /// Words for the digits, in the model's language, and in Latin letters where it has others.
  private let texts: [String]
  private let latinTexts: [String]?
  private let columnLength: Int

  private var monitor = SignalMonitor()
  private var humMonitor = HumMonitor()
  private var meter = LevelMeter()
  private var floor = NoiseFloor(windowFrames: 300, quantile: 0.1, assumed: -65, assumedFrames: 60)
  /// Created when spectra are first wanted.
  private lazy var spectrumMeter = SpectrumMeter()
  private var history = FrameHistory(keeping: SpectrumMeter.frames)
  private let frame: UnsafeMutableBufferPointer<Float>
  private var frameFill = 0
  /// Times of the measured frames: an origin on the stream's clock, and the number of frames since.
  private var measured = (originMs: 0.0, frames: 0)

  /// - Parameters:
  ///   - wantsSpectrum: whether spectra are wanted now; asked before each one is computed, on the caller's thread.
  ///   - heard: receives each block of conditioned sound: 8 kHz mono.
  /// - Throws: if FFTW cannot plan the transform.
  package init(
    model: SequenceModel, settings: Settings = Settings(), wantsSpectrum: @escaping () -> Bool = { false },
    heard: ((UnsafeBufferPointer<Float>) -> Void)? = nil
  ) throws {
    labels = model.metadata.labels
    verdict = SequenceVerdict(model.metadata.verdict)
    reader = try SpeechReader(model)
    self.wantsSpectrum = wantsSpectrum
    self.heard = heard
    report = SpeechReport(threshold: model.metadata.verdict.threshold)
    number = NumberAssembler(pause: Int(settings.numberPause * Double(AudioConditioner.outputRate)))
    texts = model.metadata.words
    latinTexts = model.metadata.latinWords == texts ? nil : model.metadata.latinWords
    columnLength = model.metadata.architecture.framesPerColumn * StreamingFeatureParameters.standard.spectrum.hop
    frame = .allocate(capacity: VoiceFrame.length)
    frame.initialize(repeating: 0)
  }

  deinit { frame.deallocate() }

  /// Whether nothing is in progress: no speech, and no word or number that may go on.
  package var isIdle: Bool { reader.isResting && number.isEmpty }

  /// All input taken so far, in ms on the stream's clock.
  package var nowMs: Double { clock.now }

  /// Sets the sample rate in Hz of the sound that follows.
  ///
  /// - Throws: if it is outside `AudioConditioner.inputRates`.
  package func begin(rate: Int, emit: (Event) -> Void) throws {
    drain(emit)
    clock.change(rate: rate)
    if let conditioner {
      try conditioner.reset(inputRate: rate)
    } else {
      conditioner = try AudioConditioner(inputRate: rate)
    }
  }

  /// Takes samples: mono, −1…1, at the rate given to `begin`.
  package func process(_ samples: UnsafeBufferPointer<Float>, emit: (Event) -> Void) {
    clock.advance(frames: samples.count)
    conditioner?.process(samples) { hear($0, emit) }
  }

  /// Some sound was lost: ends what is in progress and advances the clock.
  package func lose(milliseconds: Int, emit: (Event) -> Void) {
    drain(emit)
    interrupt(emit)
    clock.lose(milliseconds: milliseconds)
    (originMs, originSample) = (clock.now, reader.samples)
    (measured, frameFill) = ((clock.now, 0), 0)
  }

  /// Advances the stream's clock although nothing was lost.
  package func putClockForward(milliseconds: Int) {
    clock.lose(milliseconds: milliseconds)
    originMs += Double(milliseconds)
    measured.originMs += Double(milliseconds)
  }

  /// The device is closed, and nothing is known of its signal any more: ends the conditions that hold.
  package func endConditions(emit: (Event) -> Void) {
    for change in monitor.end() { emit(event(change)) }
    if humMonitor.end() { emit(.condition(Event.Condition(condition: .hum, on: false))) }
  }

  /// The stream is over: ends what is in progress.
  package func finish(emit: (Event) -> Void) {
    drain(emit)
    interrupt(emit)
  }

  // MARK: - Sound

  /// Processes what the resampler still holds, because the sound that follows is not continuous with it.
  private func drain(_ emit: (Event) -> Void) { conditioner?.finish { hear($0, emit) } }

  private func hear(_ block: UnsafeBufferPointer<Float>, _ emit: (Event) -> Void) {
    heard?(block)
    measure(block, emit)
    let start = ContinuousClock.now
    reader.process(block) { take($0, since: start, emit) }
    // The network's columns arrive late; the sound itself shows earlier that speech has stopped.
    if !number.isEmpty, reader.isQuiet, !report.isRunning, reader.openWordStart == nil,
      let over = number.silence(until: reader.samples)
    {
      emit(event(over))
    }
  }

  private func interrupt(_ emit: (Event) -> Void) {
    let start = ContinuousClock.now
    reader.finish { take($0, since: start, emit) }
    for remark in report.speechStopped(at: reader.samples) { publish(remark, since: start, emit) }
    if let over = number.end() { emit(event(over)) }
  }

  private func measure(_ block: UnsafeBufferPointer<Float>, _ emit: (Event) -> Void) {
    for sample in block {
      frame[frameFill] = sample
      frameFill += 1
      guard frameFill == VoiceFrame.length else { continue }
      frameFill = 0
      measureFrame(UnsafeBufferPointer(frame), emit)
    }
  }

  /// Measures one frame of 10 ms.
  private func measureFrame(_ frame: UnsafeBufferPointer<Float>, _ emit: (Event) -> Void) {
    history.append(frame)
    measured.frames += 1
    floor.update(level: VoiceFrame.level(of: frame))
    let threshold = floor.level + reader.margin
    if let level = meter.process(frame, floor: floor.level, threshold: threshold, speech: reader.isSpeech) {
      emit(.level(level))
      if wantsSpectrum(), let spectrumMeter {
        let bands = spectrumMeter.read(history.frames(fromAge: SpectrumMeter.frames))
        emit(
          .spectrum(
            Event.Spectrum(
              timestamp: Int(measured.originMs.rounded()) + measured.frames * VoiceFrame.milliseconds,
              bandsDBFS: bands.indices.map { Int(bands[$0]) })))
      }
    }
    if let change = monitor.process(SignalMonitor.FrameShape(of: frame)) { emit(event(change)) }
    if let isOn = humMonitor.process(frame) { emit(.condition(Event.Condition(condition: .hum, on: isOn))) }
  }

  private func event(_ change: SignalMonitor.Change) -> Event {
    switch change {
    case .silent(let isOn): .condition(Event.Condition(condition: .silent, on: isOn))
    case .clipping(let isOn): .condition(Event.Condition(condition: .clipping, on: isOn))
    }
  }

  // MARK: - Speech

  private func take(_ output: SpeechReader.Output, since start: ContinuousClock.Instant, _ emit: (Event) -> Void) {
    switch output {
    case .speechStarted(let sample):
      report.speechStarted(at: sample)
      emit(.voiceStarted(Event.VoiceBoundary(timestamp: milliseconds(sample))))
    case .speechStopped(let sample):
      for remark in report.speechStopped(at: sample) { publish(remark, since: start, emit) }
      emit(.voiceStopped(Event.VoiceBoundary(timestamp: milliseconds(sample))))
    case .column(let scores, let sample):
      let remarks = report.column(
        isSpeech: scores.isSpeech, sample: sample, length: columnLength, openWordStart: reader.openWordStart)
      for remark in remarks { publish(remark, since: start, emit) }
      if !scores.isSpeech, !report.isRunning, reader.openWordStart == nil, let over = number.silence(until: sample) {
        emit(event(over))
      }
    case .word(let word, let first, let end):
      let confidence = verdict.confidence(word.features)
      guard !word.isIgnored(isSure: confidence >= verdict.threshold) else { break }
      let candidate = SpeechReport.Word(
        label: word.label, confidence: confidence, probabilities: word.probabilities, samples: first..<end)
      for remark in report.word(candidate) {
        if case .digit = remark { reader.noteEmitted(word) }
        publish(remark, since: start, emit)
      }
    case .slept: break
    }
  }

  private func publish(
    _ remark: SpeechReport.Remark, since start: ContinuousClock.Instant, _ emit: (Event) -> Void
  ) {
    let computeMs = (ContinuousClock.now - start) / .milliseconds(1)
    func timing(_ samples: Range<Int>) -> Event.Timing {
      Event.Timing(
        startMs: milliseconds(samples.lowerBound), endMs: milliseconds(samples.upperBound), decidedMs: decidedMs,
        computeMs: computeMs)
    }
    switch remark {
    case .digit(let word):
      let guess = guess(word)
      let part = NumberAssembler.Part(
        digit: guess.digit, confidence: word.confidence, probabilities: guess.probabilities, samples: word.samples)
      if let over = number.digit(part) { emit(event(over)) }
      emit(
        .transcript(
          Event.Transcript(
            guess: guess, spoken: labels[word.label].spoken, timing: timing(word.samples))))
    case .rejected(let rejected):
      let over = number.rejected(rejected.samples)
      if let over { emit(event(over)) }
      emit(
        .notDetected(
          Event.NotDetected(
            reason: rejected.reason, bestGuess: rejected.best.map(guess), timing: timing(rejected.samples))))
    }
  }

  private func guess(_ word: SpeechReport.Word) -> Event.Guess {
    var shares = [Double](repeating: 1e-6, count: 10)
    for (label, probability) in word.probabilities.enumerated() {
      shares[labels[label].digit] += probability
    }
    let sum = shares.reduce(0, +)
    let label = labels[word.label]
    return Event.Guess(
      text: label.text, latin: label.latin, digit: label.digit, confidence: word.confidence,
      probabilities: shares.map { $0 / sum })
  }

  private func event(_ number: NumberAssembler.Number) -> Event {
    let parts = number.parts
    return .number(
      Event.Number(
        text: parts.compactMap { $0.digit.map { texts[$0] } }.joined(separator: " "),
        latin: latinTexts.map { latin in parts.compactMap { $0.digit.map { latin[$0] } }.joined(separator: " ") },
        confidence: number.confidence,
        words: parts.map {
          Event.Number.Word(
            digit: $0.digit, confidence: $0.confidence, startMs: milliseconds($0.samples.lowerBound),
            endMs: milliseconds($0.samples.upperBound))
        },
        alternatives: number.alternatives(5).map {
          Event.Number.Alternative(digits: $0.digits, confidence: $0.confidence)
        },
        startMs: milliseconds(parts.first?.samples.lowerBound ?? 0),
        endMs: milliseconds(parts.last?.samples.upperBound ?? 0), decidedMs: decidedMs))
  }

  // MARK: - Time

  private var decidedMs: Int { Int(clock.now.rounded(.up)) }

  private func milliseconds(_ sample: Int) -> Int {
    Int((originMs + Double(sample - originSample) * 1000 / Double(AudioConditioner.outputRate)).rounded())
  }
}
