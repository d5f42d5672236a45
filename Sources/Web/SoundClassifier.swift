import AudioInput
import DigitNetwork
import Events
import HTTPTypes
import NIOPosix
import Recognition
import Synchronization
import VoiceActivity

/// Recognises recordings for many requests at once: as many as there are threads, the others wait.
final class SoundClassifier: Sendable {
  /// Which part of a recording is meant, in seconds.
  struct Part: Sendable, Equatable {
    var from: Double?
    var to: Double?
  }

  private struct State {
    var idle: [RecognizerBox]
    var waiting = 0
  }

  /// A recogniser that waits for the next thread that needs one: only one has it at a time.
  private struct RecognizerBox: @unchecked Sendable {
    let recognizer: Recognizer
  }

  private let model: DigitModel
  private let limits: WebLimits
  private let pool: NIOThreadPool
  private let state: Mutex<State>

  /// - Throws: if the model does not fit this program.
  init(model: DigitModel, threads: Int, limits: WebLimits) throws {
    self.model = model
    self.limits = limits
    // One is made now, so that a model that does not fit is found at the start.
    state = Mutex(State(idle: [RecognizerBox(recognizer: try Recognizer(model: model))]))
    pool = NIOThreadPool(numberOfThreads: max(1, threads))
    pool.start()
  }

  func shutDown() async { try? await pool.shutdownGracefully() }

  /// - Parameter name: what errors call the recording.
  /// - Throws: `Problem`.
  func classify(_ bytes: [UInt8], name: String, part: Part) async throws -> SoundAnswer {
    let mayWait = state.withLock { state in
      guard state.waiting < limits.waiting else { return false }
      state.waiting += 1
      return true
    }
    guard mayWait else {
      throw Problem(.serviceUnavailable, .busy, "too many recordings wait to be recognised; ask again in a moment")
    }
    defer { state.withLock { $0.waiting -= 1 } }
    do {
      return try await pool.runIfActive { [self] in try recognise(bytes, name: name, part: part) }
    } catch let error as AudioInputError {
      throw Problem(error)
    } catch is NIOThreadPoolError.ThreadPoolInactive {
      throw Problem(.serviceUnavailable, .unavailable, "the server is about to end")
    }
  }

  private func recognise(_ bytes: [UInt8], name: String, part: Part) throws -> SoundAnswer {
    let sound = try SoundFile(bytes: bytes, name: name).read(
      from: part.from, to: part.to, maximumSeconds: limits.seconds)
    let box = try state.withLock { $0.idle.popLast() } ?? RecognizerBox(recognizer: Recognizer(model: model))
    defer { state.withLock { $0.idle.append(box) } }
    let start = ContinuousClock.now
    let samples = try AudioConditioner.condition(sound.samples, sampleRate: sound.sampleRate)
    let hypothesis = box.recognizer.recognize(clip: samples)
    let elapsed = (ContinuousClock.now - start) / .milliseconds(1)
    let bounds = samples.withUnsafeBufferPointer { UtteranceBounds.find(in: $0) }?.utterance
    let rate = Double(AudioConditioner.outputRate)
    let origin = part.from ?? 0
    let reason: Event.NotDetected.Reason? =
      if case .rejected(let reason, _) = hypothesis.decision { Event.NotDetected.Reason(reason) } else { nil }
    return SoundAnswer(
      guess: EventMapping(model: box.recognizer.metadata).guess(hypothesis.guess), reason: reason,
      duration: Double(sound.samples.count) / Double(sound.sampleRate),
      utterance: bounds.map { origin + Double($0.lowerBound) / rate...origin + Double($0.upperBound) / rate },
      computeMs: elapsed, warnings: sound.warnings)
  }
}

extension Problem {
  init(_ error: AudioInputError) {
    let (status, code): (HTTPResponse.Status, Code) =
      switch error.code {
      case .notASoundFile: (.unsupportedMediaType, .notASound)
      case .tooLong: (.contentTooLarge, .tooLarge)
      default: (.unprocessableContent, .notASound)
      }
    self.init(status, code, error.description)
  }
}
