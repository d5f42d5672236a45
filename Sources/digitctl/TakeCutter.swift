import AudioInput
import Recognition
import TerminalFace
import VoiceActivity

/// Cuts takes out of a stream: keeps the last seconds of it as they came, and when somebody has spoken gives the sound
/// with some room around it and what can be told of it.
struct TakeCutter {
  struct Cut {
    var take: Take
    /// As they came from the microphone.
    var samples: [Float]
  }

  /// Kept before speech and after it, in seconds.
  private static let (front, back) = (0.3, 0.25)
  private static let keptSeconds = 12.0

  private let recognizer: Recognizer
  private let listener: Listener
  private let conditioner: AudioConditioner
  let sampleRate: Int
  private var samples: [Float] = []
  /// How many samples came before the first that is kept.
  private var forgotten = 0
  /// A stretch of speech, in ms of the stream.
  private var speech: (start: Int, end: Int?)?

  init(recognizer: Recognizer, sampleRate: Int) throws {
    self.recognizer = recognizer
    self.sampleRate = sampleRate
    listener = Listener(recognizer: recognizer)
    conditioner = try AudioConditioner(inputRate: sampleRate)
  }

  /// How much has been heard, in ms.
  var milliseconds: Double { Double(forgotten + samples.count) * 1000 / Double(sampleRate) }

  /// What is being said now is not wanted.
  mutating func forgetSpeech() { speech = speech.flatMap { $0.end == nil ? (.max, nil) : nil } }

  /// Takes in some sound; gives a take when one is over.
  mutating func process(_ input: UnsafeBufferPointer<Float>) throws -> Cut? {
    samples.append(contentsOf: input)
    let (listener, now) = (listener, milliseconds)
    var boundaries: [(isStart: Bool, ms: Int)] = []
    conditioner.process(input) { block in
      listener.process(block, inputMs: now) { event in
        switch event {
        case .voiceStarted(let timestamp): boundaries.append((true, timestamp))
        case .voiceStopped(let timestamp): boundaries.append((false, timestamp))
        case .transcript, .notDetected, .level, .spectrum, .condition: break
        }
      }
    }
    for boundary in boundaries {
      if boundary.isStart {
        speech = (boundary.ms, nil)
      } else if let start = speech?.start {
        speech = start == .max ? nil : (start, boundary.ms)
      }
    }
    defer { forgetOld() }
    guard let heard = speech, let end = heard.end, now >= Double(end) + Self.back * 1000 else { return nil }
    speech = nil
    return try cut(from: Double(heard.start) / 1000 - Self.front, to: Double(end) / 1000 + Self.back)
  }

  private mutating func forgetOld() {
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
    let conditioned = try AudioConditioner.condition(part, sampleRate: sampleRate)
    guard let bounds = conditioned.withUnsafeBufferPointer({ UtteranceBounds.find(in: $0) }) else { return nil }
    let hypothesis = recognizer.recognize(clip: conditioned)
    let sound = bounds.utterance
    func level(_ range: Range<Int>) -> Double {
      conditioned.withUnsafeBufferPointer { Double(VoiceFrame.level(of: UnsafeBufferPointer(rebasing: $0[range]))) }
    }
    // 20 ms: what begins or ends nearer to the edge is hardly all of it.
    let edge = 160
    let peak = part.reduce(0) { max($0, abs($1)) }
    return Cut(
      take: Take(
        peakDBFS: Double(VoiceFrame.level(ofMeanSquare: peak * peak)), levelDBFS: level(sound),
        noiseDBFS: bounds.background.isEmpty ? -100 : level(bounds.background),
        clippedSamples: part.count { abs($0) >= 0.999 }, seconds: Double(sound.count) / 8000,
        isCut: sound.lowerBound < edge || sound.upperBound > conditioned.count - edge, guess: hypothesis.guess.digit,
        confidence: hypothesis.guess.confidence), samples: part)
  }
}
