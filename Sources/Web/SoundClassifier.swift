import AudioInput
import DigitNetwork
import Events
import HTTPTypes
import NIOPosix
import Recognition
import Synchronization

/// Recognises the recordings of many requests, one per thread at a time.
final class SoundClassifier: Sendable {
  /// A part of a recording, in seconds.
  struct Part: Sendable, Equatable {
    var from: Double?
    var to: Double?
  }

  private let model: SequenceModel
  private let limits: WebLimits
  private let pool: NIOThreadPool
  private let waiting: Mutex<Int>

  /// - Throws: if the model does not fit this program.
  init(model: SequenceModel, threads: Int, limits: WebLimits) throws {
    // One is made now, so that an unusable model is reported at the start.
    _ = try SoundStream(model: model)
    self.model = model
    self.limits = limits
    waiting = Mutex(0)
    pool = NIOThreadPool(numberOfThreads: max(1, threads))
    pool.start()
  }

  func shutDown() async { try? await pool.shutdownGracefully() }

  /// - Parameter name: the recording's name in errors.
  /// - Throws: `Problem`.
  func classify(_ bytes: [UInt8], name: String, part: Part) async throws -> SoundAnswer {
    let mayWait = waiting.withLock { waiting in
      guard waiting < limits.waiting else { return false }
      waiting += 1
      return true
    }
    guard mayWait else {
      throw Problem(.serviceUnavailable, .busy, "too many recordings are waiting; try again in a moment")
    }
    defer { waiting.withLock { $0 -= 1 } }
    do {
      return try await pool.runIfActive { [self] in try recognise(bytes, name: name, part: part) }
    } catch let error as AudioInputError {
      throw Problem(error)
    } catch is NIOThreadPoolError.ThreadPoolInactive {
      throw Problem(.serviceUnavailable, .unavailable, "the server is shutting down")
    }
  }

  private func recognise(_ bytes: [UInt8], name: String, part: Part) throws -> SoundAnswer {
    let sound = try SoundFile(bytes: bytes, name: name).read(
      from: part.from, to: part.to, maximumSeconds: limits.seconds)
    let start = ContinuousClock.now
    let reading = try ClipReading(sound.samples, rate: sound.sampleRate, model: model)
    return SoundAnswer(
      reading: reading, origin: part.from ?? 0, duration: Double(sound.samples.count) / Double(sound.sampleRate),
      computeMs: (ContinuousClock.now - start) / .milliseconds(1), warnings: sound.warnings)
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
