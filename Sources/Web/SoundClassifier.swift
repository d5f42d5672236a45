import AudioInput
import DigitNetwork
import Events
import HTTPTypes
import JSON
import NIOPosix
import Recognition
import Synchronization
import Wording

/// Recognises the recordings of many requests, one per thread at a time.
final class SoundClassifier: Sendable {
  /// Which part of a recording is meant, in seconds, and which model is to recognise it; nil for the usual one.
  struct Part: Sendable, Equatable {
    var from: Double?
    var to: Double?
    var model: String?
  }

  /// The usual one first.
  private let models: [SequenceModel]
  private let limits: WebLimits
  private let pool: NIOThreadPool
  private let waiting: Mutex<Int>

  /// - Parameter others: models besides the usual one; one of the same name as another is left out.
  /// - Throws: if a model does not fit this program.
  init(model: SequenceModel, others: [SequenceModel] = [], threads: Int, limits: WebLimits) throws {
    var models: [SequenceModel] = []
    for model in [model] + others where !models.contains(where: { $0.metadata.name == model.metadata.name }) {
      // A stream is made now, so that a model that does not fit is found at the start.
      _ = try SoundStream(model: model)
      models.append(model)
    }
    self.models = models
    self.limits = limits
    waiting = Mutex(0)
    pool = NIOThreadPool(numberOfThreads: max(1, threads))
    pool.start()
  }

  /// Each model's name, version, language, and words for the digits; the usual one first.
  var descriptions: [JSONValue] {
    models.map(\.metadata).map { metadata in
      .object([
        "name": .string(metadata.name), "version": .string(metadata.version), "language": .string(metadata.language),
        "words": .array(metadata.words.map(JSONValue.string)),
      ])
    }
  }

  func shutDown() async { try? await pool.shutdownGracefully() }

  /// - Parameter name: the recording's name in errors.
  /// - Throws: `Problem`.
  func classify(_ bytes: [UInt8], name: String, part: Part) async throws -> SoundAnswer {
    let model = try model(named: part.model)
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
      return try await pool.runIfActive { [self] in try recognise(bytes, name: name, part: part, model: model) }
    } catch let error as AudioInputError {
      throw Problem(error)
    } catch is NIOThreadPoolError.ThreadPoolInactive {
      throw Problem(.serviceUnavailable, .unavailable, "the server is shutting down")
    }
  }

  private func model(named name: String?) throws -> SequenceModel {
    guard let model = models.first(where: { name == nil || $0.metadata.name == name }) else {
      throw Problem(
        .badRequest, .badRequest,
        "model is “\(printable(name ?? ""))”: there are \(models.map(\.metadata.name).joined(separator: ", "))")
    }
    return model
  }

  private func recognise(_ bytes: [UInt8], name: String, part: Part, model: SequenceModel) throws -> SoundAnswer {
    let sound = try SoundFile(bytes: bytes, name: name).read(
      from: part.from, to: part.to, maximumSeconds: limits.seconds)
    let start = ContinuousClock.now
    let reading = try ClipReading(sound.samples, rate: sound.sampleRate, model: model)
    return SoundAnswer(
      reading: reading, origin: part.from ?? 0, duration: Double(sound.samples.count) / Double(sound.sampleRate),
      computeMs: (ContinuousClock.now - start) / .milliseconds(1), model: model.metadata.name,
      language: model.metadata.language, warnings: sound.warnings)
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
