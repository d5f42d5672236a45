import AudioInput
import COpenBLAS
import DigitNetwork
import Recognition
import SpeechFeatures
import Training
import VoiceActivity

/// One stage to measure.
struct BenchmarkStage {
  /// The key in JSON.
  let key: String
  /// The name for people.
  let name: String
  /// Floating-point operations per call, for stages where they matter.
  var operations: Double?
  /// Seconds of sound per call, for stages that process sound.
  var soundSeconds: Double?
  /// Whether it measures the peak, with which the other stages are compared.
  var isPeak = false
  let run: () -> Void

  /// All stages in processing order, then the peaks.
  static func all(for model: SequenceModel) throws -> [BenchmarkStage] {
    [
      try conditioning(rate: 16_000), try conditioning(rate: 48_000), try features(),
      try voiceActivity(model.metadata.search),
    ]
      + (try network(model)) + [decoder(model), try speaking(model), try listening(model), matrixProduct()]
      + peaks()
  }

  // MARK: per second of sound

  /// In pieces of 10 ms, as from a microphone.
  private static func conditioning(rate: Int) throws -> BenchmarkStage {
    let conditioner = try AudioConditioner(inputRate: rate)
    let sound = BenchmarkSound.word(seconds: 1, rate: rate)
    return BenchmarkStage(
      key: "conditioning-\(rate / 1000)k", name: "resampling \(rate / 1000) to 8 kHz, high-pass", soundSeconds: 1
    ) {
      sound.withUnsafeBufferPointer { sound in
        for start in stride(from: 0, to: sound.count, by: rate / 100) {
          conditioner.process(UnsafeBufferPointer(rebasing: sound[start..<start + rate / 100])) { block in
            keep(block.count)
          }
        }
      }
    }
  }

  /// A second of speech.
  private static let spoken = BenchmarkSound.word(seconds: 1, rate: VoiceFrame.sampleRate)

  private static func features() throws -> BenchmarkStage {
    let features = try StreamingFeatures()
    return BenchmarkStage(key: "features", name: "mel spectrogram", soundSeconds: 1) {
      spoken.withUnsafeBufferPointer { sound in features.process(sound) { keep($0[0]) } }
    }
  }

  private static func voiceActivity(_ search: SequenceModel.Search) throws -> BenchmarkStage {
    let features = try StreamingFeatures()
    let spectrum = features.parameters.spectrum
    let rate = VoiceFrame.sampleRate
    var activity = SpeechActivity(
      bands: spectrum.bands, frameMilliseconds: spectrum.hop * 1000 / rate, settings: .init(search))
    var monitor = SignalMonitor()
    var powers: [[Float]] = []
    spoken.withUnsafeBufferPointer { sound in
      features.process(sound) { _ in
        powers.append(Array(UnsafeBufferPointer(start: features.power, count: spectrum.bands)))
      }
    }
    return BenchmarkStage(key: "voice-activity", name: "voice activity, signal monitor", soundSeconds: 1) {
      for power in powers {
        power.withUnsafeBufferPointer { power in
          guard let power = power.baseAddress else { return }
          keep(activity.process(power) == nil)
        }
      }
      spoken.withUnsafeBufferPointer { sound in
        for start in stride(from: 0, to: sound.count, by: VoiceFrame.length) {
          let frame = UnsafeBufferPointer(rebasing: sound[start..<start + VoiceFrame.length])
          keep(monitor.process(SignalMonitor.FrameShape(of: frame)) == nil)
        }
      }
    }
  }

  /// The features of a second of speech, 125 frames: [frames][bands][channels].
  private static func spectrogram() throws -> [[Float]] {
    let features = try StreamingFeatures()
    let spectrum = features.parameters.spectrum
    let count = spectrum.sampleRate + spectrum.window - spectrum.hop
    let sound = BenchmarkSound.word(seconds: Double(count) / Double(spectrum.sampleRate), rate: spectrum.sampleRate)
    var frames: [[Float]] = []
    sound.withUnsafeBufferPointer { sound in
      features.process(sound) { frames.append(Array(UnsafeBufferPointer(start: $0, count: features.frameCount))) }
    }
    return frames
  }

  private static func network(_ model: SequenceModel) throws -> [BenchmarkStage] {
    let frames = try spectrogram()
    let operations = Double(frames.count) * model.metadata.architecture.operationsPerFrame
    return KernelTable.usable.map { kernels in
      let network = StreamingNetwork(model.network, kernels: kernels)
      return BenchmarkStage(
        key: "network-\(kernels.name)", name: "network, streamed, \(kernels.name)", operations: operations,
        soundSeconds: 1
      ) {
        for frame in frames {
          frame.withUnsafeBufferPointer { frame in
            guard let frame = frame.baseAddress else { return }
            network.process(frame) { keep($0[0]) }
          }
        }
      }
    }
  }

  /// The search and the verdict over one second of difficult input: two thirds of the columns are ambiguous.
  private static func decoder(_ model: SequenceModel) -> BenchmarkStage {
    let labels = model.metadata.labels.count
    var generator = SeededGenerator(seed: 3)
    let columns = (0..<31).map { column in
      var logits = (0..<labels + 4).map { _ in generator.uniform(in: -2...2) }
      if column >= 20 { logits[labels] = 12 }
      return ColumnScores(logits: logits, labels: labels + 1)
    }
    let verdict = SequenceVerdict(model.metadata.verdict)
    return BenchmarkStage(key: "decoder", name: "search, verdict", soundSeconds: 1) {
      var finder = WordFinder(labels: labels, search: model.metadata.search)
      for column in columns {
        finder.process(column)
        while let word = finder.nextWord(isQuiet: false) { keep(verdict.confidence(word.features)) }
      }
    }
  }

  /// The daemon's work while somebody speaks continuously, without the device and the feed: 16 kHz.
  private static func speaking(_ model: SequenceModel) throws -> BenchmarkStage {
    let rate = 16_000
    let stream = try SoundStream(model: model)
    try stream.begin(rate: rate) { keep($0) }
    let sound = BenchmarkSound.word(seconds: 2, rate: rate)
    return BenchmarkStage(key: "speaking", name: "listening, speech all the time", soundSeconds: 2) {
      sound.withUnsafeBufferPointer { sound in
        for start in stride(from: 0, to: sound.count, by: rate / 100) {
          stream.process(UnsafeBufferPointer(rebasing: sound[start..<start + rate / 100])) { keep($0) }
        }
      }
    }
  }

  // MARK: all of it

  /// The daemon's work without the device and the feed: two seconds at 16 kHz that contain one word.
  private static func listening(_ model: SequenceModel) throws -> BenchmarkStage {
    let rate = 16_000
    let stream = try SoundStream(model: model)
    try stream.begin(rate: rate) { keep($0) }
    let sound =
      BenchmarkSound.silence(seconds: 0.8, rate: rate) + BenchmarkSound.word(seconds: 0.4, rate: rate)
      + BenchmarkSound.silence(seconds: 0.8, rate: rate)
    return BenchmarkStage(key: "listening", name: "listening, a word in 2 s", soundSeconds: 2) {
      sound.withUnsafeBufferPointer { sound in
        for start in stride(from: 0, to: sound.count, by: rate / 100) {
          stream.process(UnsafeBufferPointer(rebasing: sound[start..<start + rate / 100])) { keep($0) }
        }
      }
    }
  }

  // MARK: the peak

  /// The product of two square matrices in single precision, at OpenBLAS's full speed on one thread.
  private static func matrixProduct() -> BenchmarkStage {
    let size = 512
    openblas_set_num_threads(1)
    let a = (0..<size * size).map { Float($0 % 17) - 8 }
    let b = (0..<size * size).map { Float($0 % 13) - 6 }
    var c = [Float](repeating: 0, count: size * size)
    let n = blasint(size)
    return BenchmarkStage(
      key: "sgemm", name: "sgemm \(size)³, OpenBLAS", operations: 2 * Double(size * size * size)
    ) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, &c, n)
    }
  }

  /// The processor's peak with each of its instruction sets. The widest one is the reference for all stages.
  private static func peaks() -> [BenchmarkStage] {
    KernelTable.usable.map { kernels in
      let result = Result()
      let rounds = 50_000
      return BenchmarkStage(
        key: "peak-\(kernels.name)", name: "peak: products in registers, \(kernels.name)",
        operations: Double(kernels.multiplyAndAdd(1, result.memory) * rounds),
        isPeak: kernels.name == KernelTable.usable.last?.name
      ) {
        keep(kernels.multiplyAndAdd(rounds, result.memory))
      }
    }
  }

  /// Storage for the sums of the peak measurement.
  private final class Result {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
    deinit { memory.deallocate() }
  }
}

/// Keeps the compiler from removing a computation whose result is unused.
@inline(never) private func keep<T>(_ value: T) {}
