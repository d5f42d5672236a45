import AudioInput
import DigitNetwork
import Events
import Recognition
import Wording

/// Reads a sound file, or a part of it, through the same `SoundStream` as the daemon, whatever its length.
struct RecordingReader {
  /// The result of the recognition.
  struct Heard {
    var reading: ClipReading
    /// 8 kHz mono, conditioned; empty unless requested.
    var sound: [Float]
    /// Where the part begins in the file, in ms.
    var originMs: Int
    /// Irregularities of the file.
    var warnings: [String]
    /// The file cannot be read further.
    var failure: AudioInputError?
  }

  let model: SequenceModel
  var keepsSound = false

  /// - Parameters:
  ///   - from, to: the part that is listened to, in seconds.
  /// - Throws: `AudioInputError`.
  func read(path: String, from: Double?, to: Double?) throws -> Heard {
    let file = try SoundFile(path: path)
    let rate = Double(file.sampleRate)
    // A bound that no sum below can overflow.
    func frame(_ seconds: Double) -> Int { Int(min(seconds, 1e9) * rate) }
    let first = frame(from ?? 0)
    if let frames = file.frames, first >= frames {
      throw AudioInputError(
        .noSuchRange,
        "\(path) is \(decimal(Double(frames) / rate, 3)) s long and has no part that begins at \(from ?? 0) s")
    }
    if first > 0 { try file.seek(toFrame: first) }
    var left = to.map { frame($0) - first } ?? .max
    let reader = try ClipReader(model: model, rate: file.sampleRate, keepsSound: keepsSound)
    var failure: AudioInputError?
    var isEmpty = true
    try withUnsafeTemporaryAllocation(of: Float.self, capacity: 4096) { buffer in
      buffer.initialize(repeating: 0)
      while left > 0 {
        let got: Int
        do {
          got = try file.read(into: UnsafeMutableBufferPointer(rebasing: buffer[..<min(left, buffer.count)]))
        } catch let error as AudioInputError where !isEmpty {
          failure = error
          break
        }
        if got == 0 { break }
        isEmpty = false
        left -= got
        reader.process(UnsafeBufferPointer(rebasing: buffer[..<got]))
      }
    }
    guard !isEmpty else { throw AudioInputError(.empty, "\(path) holds no sound") }
    return Heard(
      reading: reader.finish(), sound: reader.sound, originMs: Int((Double(first) * 1000 / rate).rounded()),
      warnings: file.warnings, failure: failure)
  }
}

extension RecordingReader.Heard {
  /// One result for the whole recording.
  func whole(path: String) -> FileResult {
    if let failure { return FileResult(path: path, outcome: .failed(failure.description)) }
    if let number = reading.number, let word = reading.word {
      return FileResult(path: path, outcome: .number(number.later(by: originMs), word.guess))
    }
    let rejection = reading.rejection
    return FileResult(path: path, outcome: .rejected(rejection.reason, rejection.bestGuess))
  }

  /// One result for each word, rejected ones too, in order; if there is none, a single `noSpeech`. If the file could
  /// not be read to its end, the last result is the error.
  func words(path: String) -> [FileResult] {
    func span(_ timing: Event.Timing) -> FileResult.Span {
      FileResult.Span(
        start: Double(originMs + timing.startMs) / 1000, end: Double(originMs + timing.endMs) / 1000)
    }
    var results = reading.events.compactMap { event -> FileResult? in
      switch event {
      case .transcript(let transcript):
        FileResult(path: path, outcome: .digit(transcript.guess), span: span(transcript.timing))
      case .notDetected(let rejected):
        FileResult(path: path, outcome: .rejected(rejected.reason, rejected.bestGuess), span: span(rejected.timing))
      default: nil
      }
    }
    if let failure { results.append(FileResult(path: path, outcome: .failed(failure.description))) }
    return results.isEmpty ? [FileResult(path: path, outcome: .noSpeech)] : results
  }
}
