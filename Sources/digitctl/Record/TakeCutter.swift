import AudioInput
import DigitNetwork
import Events
import Recognition
import VoiceActivity

/// Cuts takes out of a stream: keeps its last seconds unchanged, and returns each word with some sound around it and its
/// measurements.
struct TakeCutter {
  struct Cut {
    var take: Take
    /// As they came from the microphone.
    var samples: [Float]
  }

  /// Kept before speech and after it, in seconds.
  private static let (front, back) = (0.3, 0.25)
  private static let keptSeconds = 12.0
  /// Sound that the model makes nothing of is a word only if it is this long.
  private static let shortestMs = 200

  private let model: SequenceModel
  private let stream: SoundStream
  let sampleRate: Int
  private var samples: [Float] = []
  /// How many samples came before the first that is kept.
  private var forgotten = 0
  /// A stretch of speech, in ms of the stream.
  private var speech: (start: Int, end: Int?)?

  init(model: SequenceModel, sampleRate: Int) throws {
    self.model = model
    self.sampleRate = sampleRate
    stream = try SoundStream(model: model)
    try stream.begin(rate: sampleRate) { _ in }
  }

  /// How much has been heard, in ms.
  var milliseconds: Double { Double(forgotten + samples.count) * 1000 / Double(sampleRate) }

  /// Ignores the word that is under way.
  mutating func forgetSpeech() { speech = speech.flatMap { $0.end == nil ? (.max, nil) : nil } }

  /// Takes in some sound; gives a take when one is over.
  mutating func process(_ input: UnsafeBufferPointer<Float>) throws -> Cut? {
    samples.append(contentsOf: input)
    let now = milliseconds
    var boundaries: [(isStart: Bool, ms: Int)] = []
    stream.process(input) { event in
      switch event {
      case .voiceStarted(let boundary): boundaries.append((true, boundary.timestamp))
      case .voiceStopped(let boundary): boundaries.append((false, boundary.timestamp))
      default: break
      }
    }
    for boundary in boundaries {
      if boundary.isStart {
        speech = (boundary.ms, nil)
      } else if let start = speech?.start {
        speech = start == .max ? nil : (start, boundary.ms)
      }
    }
    defer { dropOld() }
    guard let heard = speech, let end = heard.end, now >= Double(end) + Self.back * 1000 else { return nil }
    speech = nil
    return try cut(from: Double(heard.start) / 1000 - Self.front, to: Double(end) / 1000 + Self.back)
  }

  private mutating func dropOld() {
    let kept = Int(Self.keptSeconds * Double(sampleRate))
    guard samples.count > 2 * kept else { return }
    forgotten += samples.count - kept
    samples.removeFirst(samples.count - kept)
  }

  private func cut(from start: Double, to end: Double) throws -> Cut? {
    let rate = Double(sampleRate)
    let first = max(0, Int(start * rate) - forgotten)
    let last = min(samples.count, Int(end * rate) - forgotten)
    guard first < last else { return nil }
    let part = Array(samples[first..<last])
    let reader = try ClipReader(model: model, rate: sampleRate, keepsSound: true)
    part.withUnsafeBufferPointer { reader.process($0) }
    let reading = reader.finish()
    let sound = reader.sound
    func level(_ fromMs: Int, _ toMs: Int) -> Double {
      func index(_ milliseconds: Int) -> Int { min(sound.count, milliseconds * AudioConditioner.outputRate / 1000) }
      let from = max(0, index(fromMs))
      let part = sound[from..<max(from, index(toMs))]
      return part.withUnsafeBufferPointer { Double(VoiceFrame.level(of: $0)) }
    }
    // From the first word to the last: a second word makes the take too long.
    let startMs = reading.timings.map(\.startMs).min() ?? 0
    let endMs = reading.timings.map(\.endMs).max() ?? 0
    let loudness = level(startMs, endMs)
    // A word that was rejected is a take, too: the model may not know it yet. A knock is shorter than any word, and what
    // the room does is softer.
    guard reading.word != nil || endMs - startMs >= Self.shortestMs && loudness >= Take.quietest else { return nil }
    // A word nearer to the edge than this may be cut.
    let edgeMs = 20
    let peak = part.reduce(0) { max($0, abs($1)) }
    return Cut(
      take: Take(
        peakDBFS: Double(VoiceFrame.level(ofMeanSquare: peak * peak)), levelDBFS: loudness,
        noiseDBFS: startMs > edgeMs ? level(0, startMs - edgeMs) : -100,
        clippedSamples: part.count { abs($0) >= 0.999 }, seconds: Double(endMs - startMs) / 1000,
        isCut: startMs < edgeMs || endMs > reading.milliseconds - edgeMs, guess: reading.word?.guess.digit,
        confidence: reading.word?.guess.confidence ?? 0), samples: part)
  }
}

extension ClipReading {
  /// Where each word lies, rejected ones too.
  fileprivate var timings: [Event.Timing] {
    events.compactMap { event in
      switch event {
      case .transcript(let transcript): transcript.timing
      case .notDetected(let rejected): rejected.timing
      default: nil
      }
    }
  }
}
