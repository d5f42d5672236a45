import AudioInput
import COpenBLAS
import DigitNetwork
import Recognition
import SpeechFeatures
import VoiceActivity

/// One thing to measure.
struct BenchmarkStage {
  /// What programs call it.
  let key: String
  /// What a person reads.
  let name: String
  /// Floating-point operations in a call, where they are what it is about.
  var operations: Double?
  /// Seconds of sound that a call deals with, if it has to do with sound.
  var soundSeconds: Double?
  /// Whether its speed is what the others' is held against.
  var isPeak = false
  let run: () -> Void

  /// All stages, in the order of the sound's way, then the peak.
  static func all(for model: DigitModel) throws -> [BenchmarkStage] {
    [try conditioning(rate: 16_000), try conditioning(rate: 48_000), try voiceActivity()]
      + [try features()] + (try network(model)) + [try utterance(model), try listening(model), matrixProduct()]
  }

  // MARK: per second of sound

  /// In pieces of 10 ms, as a microphone gives them.
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

  private static func voiceActivity() throws -> BenchmarkStage {
    let features = try StreamingFeatures()
    let spectrum = features.parameters.spectrum
    let rate = VoiceFrame.sampleRate
    var activity = SpeechActivity(bands: spectrum.bands, frameMilliseconds: spectrum.hop * 1000 / rate)
    var monitor = SignalMonitor()
    let sound =
      BenchmarkSound.silence(seconds: 0.3, rate: rate) + BenchmarkSound.word(seconds: 0.4, rate: rate)
      + BenchmarkSound.silence(seconds: 0.3, rate: rate)
    return BenchmarkStage(key: "voice-activity", name: "features, voice activity", soundSeconds: 1) {
      sound.withUnsafeBufferPointer { sound in
        features.process(sound) { _ in keep(activity.process(features.power) == nil) }
        for start in stride(from: 0, to: sound.count, by: VoiceFrame.length) {
          let frame = UnsafeBufferPointer(rebasing: sound[start..<start + VoiceFrame.length])
          keep(monitor.process(SignalMonitor.FrameShape(of: frame)) == nil)
        }
      }
    }
  }

  // MARK: per utterance

  /// The most there can be: a spectrogram filled from end to end, and a full second heard before it.
  private static let (spoken, before): ([Float], [Float]) = {
    let parameters = FeatureParameters.standard
    let seconds = Double(parameters.length) / Double(parameters.sampleRate)
    return (
      BenchmarkSound.word(seconds: seconds, rate: parameters.sampleRate),
      BenchmarkSound.silence(seconds: 1, rate: parameters.sampleRate)
    )
  }()

  private static var spokenSeconds: Double { Double(spoken.count) / Double(VoiceFrame.sampleRate) }

  private static func features() throws -> BenchmarkStage {
    let extractor = try FeatureExtractor()
    var image = [Float](repeating: 0, count: extractor.parameters.spectrogramCount)
    return BenchmarkStage(key: "features", name: "noise reduction and mel", soundSeconds: spokenSeconds) {
      image.withUnsafeMutableBufferPointer { image in
        spoken.withUnsafeBufferPointer { spoken in
          before.withUnsafeBufferPointer { before in
            guard let image = image.baseAddress else { return }
            extractor.spectrogram(of: spoken, background: before, into: image)
          }
        }
      }
    }
  }

  private static func network(_ model: DigitModel) throws -> [BenchmarkStage] {
    let architecture = model.metadata.architecture
    let classifier = try DigitClassifier(model)
    let image = try FeatureExtractor().spectrogram(of: spoken, background: before)
    var logits = [Float](repeating: 0, count: classifier.classes)
    let extents = architecture.extents
    let operations = architecture.convolutions.indices.map { index in
      let layer = architecture.convolutions[index]
      let channels = architecture.members * layer.outputChannels
      let outputs = extents[index + 1].bands * extents[index + 1].frames * channels
      return 2 * Double(outputs * layer.inputChannels * layer.kernel.bands * layer.kernel.frames)
    }
    let head = 2 * Double(architecture.members * architecture.headInputs * architecture.classes)
    let whole = BenchmarkStage(
      key: "network", name: "network", operations: operations.reduce(head, +), soundSeconds: spokenSeconds
    ) {
      image.withUnsafeBufferPointer { image in
        logits.withUnsafeMutableBufferPointer { logits in
          guard let image = image.baseAddress, let logits = logits.baseAddress else { return }
          classifier.logits(of: image, into: logits)
        }
      }
    }
    // A layer alone finds what the whole network's last call left as its input.
    whole.run()
    let layers = architecture.convolutions.indices.map { index in
      BenchmarkStage(
        key: "convolution-\(index + 1)", name: "convolution \(index + 1)", operations: operations[index]
      ) {
        classifier.run(layer: index)
      }
    }
    return [whole] + layers
  }

  private static func utterance(_ model: DigitModel) throws -> BenchmarkStage {
    let recognizer = try Recognizer(model: model)
    return BenchmarkStage(
      key: "utterance", name: "noise reduction, mel, network, decision", soundSeconds: spokenSeconds
    ) {
      spoken.withUnsafeBufferPointer { spoken in
        before.withUnsafeBufferPointer { before in
          keep(recognizer.recognize(spoken, background: before).guess.digit)
        }
      }
    }
  }

  // MARK: all of it

  /// The daemon's work but for the device and the feed: two seconds at 16 kHz with a word in them.
  private static func listening(_ model: DigitModel) throws -> BenchmarkStage {
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

  /// The product of two square matrices in single precision, as fast as OpenBLAS can on one thread.
  private static func matrixProduct() -> BenchmarkStage {
    let size = 512
    openblas_set_num_threads(1)
    let a = (0..<size * size).map { Float($0 % 17) - 8 }
    let b = (0..<size * size).map { Float($0 % 13) - 6 }
    var c = [Float](repeating: 0, count: size * size)
    let n = blasint(size)
    return BenchmarkStage(
      key: "sgemm", name: "peak: sgemm \(size)³, OpenBLAS", operations: 2 * Double(size * size * size), isPeak: true
    ) {
      cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, &c, n)
    }
  }
}

/// Makes the compiler believe that a result is used.
@inline(never) private func keep<T>(_ value: T) {}
